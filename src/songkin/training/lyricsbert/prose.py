"""What the report says in words: the paper, what is absent, and how the figures are to be read."""

from __future__ import annotations

__all__ = ["ABSENT", "ATTENDED", "CAUTION", "FINDINGS", "FOLLOWED", "PAPER", "QUICK"]

FINDINGS = (
    "the added layers win overall",
    "at small rates the original learns better",
    "at large rates the modified does",
)
QUICK = (
    "**A quick run: few steps, rates and seeds, a smaller encoder. It proves that the chain works; its figures "
    "are those of a quick run and say nothing of the architectures.**"
)
PAPER = (
    "Xu, Kim, Zheng and Wen (poster, MIT 6.8611, 2023) compare an original DistilBERT with one of added layers "
    "by S, the mean over draws of || |e(A) - e(B)| - |e(A1) - e(A2)| ||_1 for two songs A and B and two parts "
    "of A. The poster prints curves and no number, so no value of theirs can stand beside ours. It names "
    "neither sizes nor data nor targets nor rates. Our reading: inner bars elementwise; the parts are the two "
    "halves of A's words; the vector is the masked mean of the last layer, in the modified network through two "
    "added layers (dense, ReLU, layer norm); heads on {targets}."
)
ABSENT = (
    "DistilBERT's weights are not reachable here and are named as absent; all-MiniLM-L6-v2, six layers as "
    "DistilBERT has, 384 wide instead of 768, stands in for it. `--start FOLDER` takes a DistilBERT where there"
    " is one."
)
CAUTION = (
    "S is at least 0 by its making, and it grows with the vectors: a network whose vectors are twice as long "
    "has twice the S and tells songs apart no better. Beside it stand its signed form, both on unit vectors, "
    "the mean length, and two AUC: the chance that two halves of one song have a higher cosine than two songs "
    '("AUC"), or than halves of two songs, which are of like length ("AUC, halves"). Luck is .5.'
)
FOLLOWED = (
    "Over all trained cells S goes with the vectors' length at a rank correlation of {raw:+.2f}, AUC at "
    "{unit:+.2f}: where the first is high, a difference in S between rates or architectures is first of all one"
    " of length."
)
ATTENDED = (
    "After training at {rate:g}, seed {seed}; each row is a token and sums to 1 over what it attends to. The "
    "added layers lie behind the attention: what differs, differs by what training made of it."
)
