"""The encoder under the heads: a text network of ours or of the hub, texts to hidden vectors of their tokens.

Conventions
-----------
`tokens` and `mask` are (n, length) long tensors, the mask 1 where there is a token. Hidden vectors are (n, length,
dim), those of padding included, so whoever pools them masks them. A BERT is read by `TextNetwork`, which has no dropout
inside; another kind of network (mpnet, DistilBERT) by transformers, with the dropout its config.json says.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from songkin.errors import TrainingError
from songkin.extras import need
from songkin.training.arithmetic import arithmetic
from songkin.training.networks.attention import attended, hidden_of
from songkin.training.networks.shape import KIND, NETWORK
from songkin.training.networks.text import TextNetwork
from songkin.training.recipes import Network, Recipe
from songkin.training.starting import MINILM, start
from songkin.training.tokens import TOKENIZER

__all__ = ["INSIDE", "LABELS", "POOLINGS", "Backbone", "pieces", "pooled"]

LABELS = "labels"  # the kind of a label network's folder, whose own backbone lies in it
INSIDE = "backbone"
REFERENCE = "start.json"  # says where a backbone lies that was not trained
POOLINGS = ("mean", "first", "padded")
WHOLE = 1 << 20  # positions of a start, uncut
PIECE_TOKENS = 8192


class Backbone(nn.Module):
    """Token ids to hidden vectors, with the tokenizer that goes with them. Made by `read` or `of`."""

    def __init__(self, network: nn.Module, tokenizer: Path, begun: str) -> None:
        super().__init__()
        self.network, self.place, self.start = network, tokenizer, begun
        self.ours = isinstance(network, TextNetwork)
        own: Any = network
        self.dim: int = own.shape.dim if self.ours else own.config.hidden_size
        self.layers: int = own.shape.layers if self.ours else own.config.num_hidden_layers
        self.longest: int = own.shape.positions if self.ours else _longest(own.config)
        self.pad: int = 0 if self.ours else own.config.pad_token_id or 0
        try:
            self.tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # the only class tokenizers raises
            raise TrainingError(f"{tokenizer} is no tokenizer ({error}); get the folder again") from error
        self.tokenizer.no_padding()
        self.eval()

    @classmethod
    def read(cls, start: str, place: Path) -> Backbone:
        """Read "minilm" or a folder: of a label network, a text network of ours, or a network as the hub lays it out.

        A relative path starts at `place`, a folder. TrainingError names what is missing and the cure.
        """
        return cls.of(Recipe(name="", task=LABELS, place=place / "recipe", network=Network(start=start)))

    @classmethod
    def of(cls, recipe: Recipe) -> Backbone:
        """Read what a recipe's [network] table says; layers may be left out of a BERT only (`keep`)."""
        wanted = recipe.network
        folder = recipe.beside(wanted.start)
        if wanted.start == MINILM:
            return cls._text(recipe, MINILM)
        kind = _kind(folder)
        if kind == LABELS:
            inside = folder / INSIDE
            begun = _reference(inside / REFERENCE) if (inside / REFERENCE).is_file() else str(inside.resolve())
            return cls.of(_whole(recipe, begun))
        if kind in (KIND, "bert"):
            return cls._text(recipe, str(folder.resolve()))
        return cls._hub(recipe, folder)

    @classmethod
    def _text(cls, recipe: Recipe, begun: str) -> Backbone:
        started = start(_whole(recipe, recipe.network.start))
        as_it_lies = recipe.network == Network(start=recipe.network.start, positions=recipe.network.positions)
        return cls(started.network, started.tokenizer, begun if as_it_lies else "")

    @classmethod
    def _hub(cls, recipe: Recipe, folder: Path) -> Backbone:
        """Read a folder through transformers; its pooler, which nothing here asks, is left out."""
        tokenizer = folder / TOKENIZER
        if not tokenizer.is_file():
            raise TrainingError(f"{folder} holds no {TOKENIZER}; [network] start names a network's folder, or minilm")
        wanted = recipe.network
        if wanted.keep or wanted.heads or wanted.feed_forward or wanted.bag or wanted.denials:
            raise TrainingError(f"{recipe.where('network')} only a BERT can be cut; leave out all but start")
        transformers = need("transformers", extra="train")
        transformers.utils.logging.disable_progress_bar()
        transformers.utils.logging.set_verbosity_error()  # what is missing is said below
        own = {"local_files_only": True, "use_safetensors": True, "output_loading_info": True}
        try:
            network, told = transformers.AutoModel.from_pretrained(str(folder), **own)
        except (OSError, ValueError, KeyError) as error:
            said = " ".join(str(error).split())[:120]
            raise TrainingError(f"{folder} cannot be read as a network ({said}); get the folder again") from error
        missing = sorted(name for name in told["missing_keys"] if not name.startswith("pooler."))
        if missing:
            raise TrainingError(f"{folder} lacks {missing[0]} and {len(missing) - 1} more; get the folder again")
        if getattr(network, "pooler", None) is not None:
            network.pooler = None
        return cls(network, tokenizer, str(folder.resolve()))

    def hidden(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return the last layer's vectors (n, length, dim)."""
        network: Any = self.network
        if self.ours:
            return hidden_of(network, tokens, mask)
        found: Tensor = network(input_ids=tokens, attention_mask=mask).last_hidden_state
        return found

    @torch.no_grad()
    def attention(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return who attends to whom (n, layers, heads, length, length), each row a distribution over the tokens."""
        network: Any = self.network
        if self.ours:
            return attended(network, tokens, mask)
        training, kind = self.training, network.config._attn_implementation
        self.eval()
        network.set_attn_implementation("eager")
        found = network(input_ids=tokens, attention_mask=mask, output_attentions=True).attentions
        network.set_attn_implementation(kind)
        self.train(training)
        return torch.stack(found, 1)

    def ids(self, texts: Sequence[str], *, max_tokens: int) -> list[NDArray[np.int32]]:
        """Return the token ids of texts, cut at `max_tokens` or the longest the network reads."""
        self.tokenizer.enable_truncation(min(max_tokens, self.longest))
        return [np.asarray(one.ids, np.int32) for one in self.tokenizer.encode_batch(list(texts))]

    def laid_out(self, ids: Sequence[NDArray[np.int32]], *, length: int = 0) -> tuple[Tensor, Tensor]:
        """Return tokens and mask (n, length) of texts on the network's device, padded to `length` or the longest."""
        longest = max(length, *(len(own) for own in ids))
        tokens = torch.full((len(ids), longest), self.pad, dtype=torch.long)
        mask = torch.zeros_like(tokens)
        for row, own in enumerate(ids):
            tokens[row, : len(own)] = torch.from_numpy(own).long()
            mask[row, : len(own)] = 1
        device = next(self.parameters()).device
        return tokens.to(device), mask.to(device)

    @torch.no_grad()
    def pooled(
        self,
        ids: Sequence[NDArray[np.int32]],
        pooling: str,
        *,
        piece_tokens: int = PIECE_TOKENS,
        length: int = 0,
        amp: str = "off",
    ) -> Tensor:
        """Return a vector a text (n, dim), without gradients and dropout, in pieces whose tokens fit into memory.

        `amp` as in `[optimiser]`: in bfloat16 a vector's cosine to its exact one is .9999, at a third of the time.
        """
        was = self.training
        self.eval()
        cut = pieces(ids, piece_tokens)
        found = []
        for rows in cut:
            tokens, mask = self.laid_out([ids[row] for row in rows], length=length)
            with arithmetic(tokens.device, amp):
                hidden = self.hidden(tokens, mask)
            found.append(pooled(hidden.float(), mask, pooling))
        self.train(was)
        back = np.argsort(np.concatenate(cut)) if cut else np.zeros(0, np.int64)
        return torch.cat(found)[torch.from_numpy(back)] if cut else torch.zeros((0, self.dim))

    def vectors(self, texts: Sequence[str], *, max_tokens: int = 256, pooling: str = "mean") -> NDArray[np.float32]:
        """Encode texts (n,) -> (n, dim), not of unit length; no texts give (0, dim).

        With the pooling "padded" every text is padded to `max_tokens`, as the paper's were to 512.
        """
        own = self.ids(texts, max_tokens=max_tokens) if texts else []
        length = min(max_tokens, self.longest) if pooling == "padded" else 0
        return np.asarray(self.pooled(own, pooling, length=length).cpu().numpy(), np.float32)

    def write(self, folder: Path, *, trained: bool = True) -> None:
        """Write a folder that `read` reads: weights, sizes and tokenizer, or only where they lie if not `trained`.

        A network that was cut on reading lies nowhere, so it is written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        if not trained and self.start:
            (folder / REFERENCE).write_text(json.dumps({"start": self.start}) + "\n", encoding="utf-8")
            return
        network: Any = self.network
        network.write(folder) if self.ours else network.save_pretrained(folder, safe_serialization=True)
        shutil.copyfile(self.place, folder / TOKENIZER)


def pooled(hidden: Tensor, mask: Tensor, pooling: str) -> Tensor:
    """Return one vector a text (n, length, dim) -> (n, dim): the mean of its tokens, the first, or the mean of all.

    "padded" counts padding too, as Bezzam and Vidit's code did: a text's vector then hangs on its neighbours' lengths.
    """
    if pooling == "first":
        return hidden[:, 0]
    if pooling == "padded":
        return hidden.mean(1)
    own = mask[..., None].to(hidden.dtype)
    return (hidden * own).sum(1) / own.sum(1).clamp(min=1)


def pieces(ids: Sequence[NDArray[np.int32]], most: int) -> list[NDArray[np.int64]]:
    """Cut texts into pieces of like length whose tokens, padded, are at most `most`; a longer text stands alone."""
    order = np.argsort([len(own) for own in ids], kind="stable")
    found, first = [], 0
    for at in range(1, len(order) + 1):
        if at == len(order) or (at + 1 - first) * len(ids[order[at]]) > most:
            found.append(order[first:at])
            first = at
    return found


def _kind(folder: Path) -> str:
    """Return what a folder holds: "labels", "text", or the hub's name of its kind ("bert", "mpnet", ...)."""
    for name, key in ((NETWORK, "kind"), ("config.json", "model_type")):
        place = folder / name
        if place.is_file():
            try:
                return str(json.loads(place.read_text(encoding="utf-8")).get(key, "bert"))
            except (ValueError, AttributeError) as error:
                raise TrainingError(f"{place} is no JSON object ({error}); get the folder again") from error
    raise TrainingError(
        f"{folder} holds neither {NETWORK} nor config.json; [network] start names a network's folder, or minilm"
    )


def _reference(place: Path) -> str:
    try:
        return str(json.loads(place.read_text(encoding="utf-8"))["start"])
    except (ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{place} is damaged ({error}); train again") from error


def _whole(recipe: Recipe, begun: str) -> Recipe:
    """Return the recipe with a start, read at its full length unless the recipe says how many positions."""
    own = recipe.network
    return replace(recipe, network=replace(own, start=begun, positions=own.positions or WHOLE))


def _longest(config: Any) -> int:
    """Return how many tokens a hub's network reads; RoBERTa and mpnet count positions from the padding's id on."""
    shifted = config.model_type in ("mpnet", "roberta", "camembert", "xlm-roberta")
    return int(config.max_position_embeddings) - (2 if shifted else 0)
