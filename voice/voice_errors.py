"""Errors of `voice`, as one tree.

VoiceError                      something about sound went wrong; never raised itself
  AudioFileError                the caller's fault: a sound file that cannot be used
  DeviceError                   the machine's fault: no microphone, no speaker, no PortAudio
  RecognitionError              a recognizer that cannot be loaded or died
  SynthesisError                a synthesizer that cannot be loaded or died
"""

from __future__ import annotations


class VoiceError(Exception):
    """Base of the tree; its text is one sentence for people, with the cure."""


class AudioFileError(VoiceError):
    """A sound file that cannot be used."""


class DeviceError(VoiceError):
    """No microphone, no speaker, or no library to reach them."""


class RecognitionError(VoiceError):
    """A recognizer that cannot be loaded or died."""


class SynthesisError(VoiceError):
    """A synthesizer that cannot be loaded or died."""
