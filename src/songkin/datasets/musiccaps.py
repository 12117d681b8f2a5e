"""MusicCaps: what musicians wrote about ten seconds of music, the part outside its evaluation split."""

from __future__ import annotations

from songkin.datasets.corpus import Corpus, File

__all__ = ["CORPUS"]

CORPUS = Corpus(
    name="musiccaps",
    title="MusicCaps",
    description="Captions and aspect lists written by musicians for ten-second clips of AudioSet.",
    home="https://www.kaggle.com/datasets/googleai/musiccaps",
    licence="CC-BY-SA-4.0",
    ships="yes",
    citation="Agostinelli et al.: MusicLM: Generating Music From Text, arXiv 2301.11325, 2023.",
    bibtex="""@article{agostinelli2023musiclm,
  author = {Agostinelli, Andrea and Denk, Timo I. and Borsos, Zal{\\'a}n and Engel, Jesse and Verzetti, Mauro and
    Caillon, Antoine and Huang, Qingqing and Jansen, Aren and Roberts, Adam and Tagliasacchi, Marco and
    Sharifi, Matt and Zeghidour, Neil and Frank, Christian},
  title = {{MusicLM}: Generating Music From Text},
  journal = {arXiv:2301.11325},
  year = {2023}
}""",
    split="official: rows outside is_audioset_eval train; the others are the MC test",
    folder="musiccaps",
    counted="captions",
    rows=2_663,
    of=5_521,
    files=(
        File(
            "train.parquet",
            "9b1c5bffd84ec5e5bda706f72eca2c974200450c4d8bcd07666193b74fb27a0c",
            340_509,
            rows=2_663,
            of=5_521,
        ),
    ),
)
