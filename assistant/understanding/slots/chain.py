"""The arithmetic of a linear-chain conditional random field: training, the best path, and how sure it is.

Knows nothing of words. Weights are found in the space that the training rows span, where one step costs one product
with their Gram matrix; the quasi-Newton steps (L-BFGS) use that space's own inner product.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Wide = NDArray[np.float64]
Labels = NDArray[np.intp]

MEMORY = 6
"""Pairs of steps that the quasi-Newton method remembers."""
CLOSE = 2e-3
"""Relative fall of the loss below which training ends."""


class _Problem:
    """Sentences laid out side by side: place x sentence, padded."""

    def __init__(self, rows: Matrix, gold: Sequence[Labels], labels: int) -> None:
        self.kernel = rows @ rows.T
        lengths = np.array([len(labels_) for labels_ in gold])
        order = np.argsort(-lengths, kind="stable")
        starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
        self.longest = int(lengths.max())
        self.active = [int((lengths > place).sum()) for place in range(self.longest)]
        self.index = [starts[order[: self.active[place]]] + place for place in range(self.longest)]
        self.ends = [lengths[order] == place + 1 for place in range(self.longest)]
        self.labels = labels
        flat = np.concatenate(gold)
        self.wanted = np.eye(labels, dtype=np.float32)[flat]
        self.moves_wanted = np.zeros((labels + 1, labels), dtype=np.float32)
        for sentence in gold:
            self.moves_wanted[labels, sentence[0]] += 1
            np.add.at(self.moves_wanted, (sentence[:-1], sentence[1:]), 1)

    def loss(self, scores: Matrix, moves: Matrix) -> tuple[float, Matrix, Matrix]:
        """Return the sum of the negative log chances of the gold labels, and its slopes."""
        top = scores.max(axis=1, keepdims=True)
        emit = np.exp(scores - top)
        go = np.exp(moves[:-1])
        forward: list[Matrix] = []
        total = float(top.sum())
        for place in range(self.longest):
            here = emit[self.index[place]]
            state = here * np.exp(moves[-1]) if place == 0 else forward[-1][: self.active[place]] @ go * here
            scale = state.sum(axis=1, keepdims=True)
            forward.append(state / scale)
            total += float(np.log(scale).sum())
        chances = np.zeros_like(scores)
        pairs = np.zeros_like(moves)
        back = np.zeros((self.active[-1], self.labels), dtype=np.float32) + 1
        for place in range(self.longest - 1, -1, -1):
            both = forward[place] * back
            both /= both.sum(axis=1, keepdims=True)
            chances[self.index[place]] = both
            if place == 0:
                pairs[-1] = both.sum(axis=0)
                break
            count = self.active[place]
            through = back * emit[self.index[place]]
            before = forward[place - 1]
            level = ((before[:count] @ go) * through).sum(axis=1, keepdims=True)
            pairs[:-1] += go * (before[:count].T @ (through / level))
            back = np.ones((self.active[place - 1], self.labels), dtype=np.float32)
            inner = through @ go.T
            back[:count] = inner / inner.max(axis=1, keepdims=True)
        gold = float((scores * self.wanted).sum() + (moves * self.moves_wanted).sum())
        return total - gold, chances - self.wanted, pairs - self.moves_wanted


class _Point:
    """Weights as coefficients of the training rows, their scores on these rows, and the label moves."""

    def __init__(self, rows: Matrix, scores: Matrix, moves: Matrix) -> None:
        self.rows, self.scores, self.moves = rows, scores, moves

    def dot(self, other: _Point) -> float:
        return float((self.rows * other.scores).sum() + (self.moves * other.moves).sum())

    def plus(self, other: _Point, scale: float) -> _Point:
        size = np.float32(scale)
        return _Point(self.rows + size * other.rows, self.scores + size * other.scores, self.moves + size * other.moves)


def train(rows: Matrix, gold: Sequence[Labels], labels: int, penalty: float, steps: int) -> tuple[Matrix, Matrix]:
    """Return weights (features x labels) and moves (labels + 1 x labels; the last row is the start)."""
    problem = _Problem(rows, gold, labels)
    zero = np.zeros((len(rows), labels), dtype=np.float32)
    here = _Point(zero, zero, np.zeros((labels + 1, labels), dtype=np.float32))
    value, slope = _value(problem, here, penalty)
    history: list[tuple[_Point, _Point, float]] = []
    for _ in range(steps):
        direction = _direction(slope, history)
        downhill = direction.dot(slope)
        if downhill >= 0:
            direction, downhill, history = slope.plus(slope, -2.0), -slope.dot(slope), []
        size = 1.0 if history else min(1.0, 5.0 / max(slope.dot(slope) ** 0.5, 1e-9))
        for _ in range(12):
            there = here.plus(direction, size)
            new_value, new_slope = _value(problem, there, penalty)
            if new_value <= value + 1e-4 * size * downhill:
                break
            size /= 2
        else:
            break
        step, turn = there.plus(here, -1.0), new_slope.plus(slope, -1.0)
        curve = step.dot(turn)
        if curve > 1e-8:
            history = [*history, (step, turn, curve)][-MEMORY:]
        fall = value - new_value
        here, value, slope = there, new_value, new_slope
        if fall < CLOSE * max(value, 1.0):
            break
    weights: Matrix = (rows.T @ here.rows).astype(np.float32)
    return weights, here.moves


def _value(problem: _Problem, point: _Point, penalty: float) -> tuple[float, _Point]:
    loss, at_rows, at_moves = problem.loss(point.scores, point.moves)
    scale = np.float32(penalty)
    rows = at_rows + scale * point.rows
    slope = _Point(rows, problem.kernel @ rows, at_moves + scale * point.moves)
    return loss + penalty / 2 * point.dot(point), slope


def _direction(slope: _Point, history: Sequence[tuple[_Point, _Point, float]]) -> _Point:
    """Return the quasi-Newton direction (the two loops of L-BFGS)."""
    found = slope.plus(slope, -2.0)
    amounts: list[float] = []
    for step, turn, curve in reversed(history):
        amount = step.dot(found) / curve
        amounts.append(amount)
        found = found.plus(turn, -amount)
    if history:
        step, turn, curve = history[-1]
        found = found.plus(found, curve / max(turn.dot(turn), 1e-12) - 1.0)
    for (step, turn, curve), amount in zip(history, reversed(amounts), strict=True):
        found = found.plus(step, amount - turn.dot(found) / curve)
    return found


def decode(scores: Wide, moves: Wide) -> tuple[list[int], Wide]:
    """Return the best labels (Viterbi) and each label's chance at each place (forward and backward)."""
    count, labels = scores.shape
    best = np.zeros((count, labels))
    back = np.zeros((count, labels), dtype=np.intp)
    forward = np.zeros((count, labels))
    go = np.exp(moves[:-1])
    emit = np.exp(scores - scores.max(axis=1, keepdims=True))
    best[0] = moves[-1] + scores[0]
    forward[0] = np.exp(moves[-1]) * emit[0]
    for place in range(1, count):
        reached = best[place - 1][:, None] + moves[:-1]
        back[place] = reached.argmax(axis=0)
        best[place] = reached.max(axis=0) + scores[place]
        forward[place - 1] /= forward[place - 1].sum()
        forward[place] = (forward[place - 1] @ go) * emit[place]
    chances = np.zeros((count, labels))
    behind = np.ones(labels)
    for place in range(count - 1, -1, -1):
        both = forward[place] * behind
        chances[place] = both / both.sum()
        behind = go @ (behind * emit[place])
        behind /= behind.sum()
    path = [int(best[-1].argmax())]
    for place in range(count - 1, 0, -1):
        path.append(int(back[place, path[-1]]))
    return path[::-1], chances
