"""How yes, no, control words, choices and dictated words are understood."""
