"""The starter's vocabulary: trained as BPE, then used as llama.cpp uses a SentencePiece one (score = -merge rank)."""

import json
from functools import lru_cache

import regex
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

SPACE = "\u2581"
# No piece crosses these borders: a word with the space before it, one mark, one digit, one line end.
PRETOKEN = rf"{SPACE}?\p{{L}}+|\d|\n|{SPACE}?[^\p{{L}}\d{SPACE}\n]|{SPACE}"
SCRATCH = "0123456789+-*=,;"
UNKNOWN, BEGIN, END = "<unk>", "<s>", "<|end|>"
SYSTEM, USER, ASSISTANT = "<|system|>", "<|user|>", "<|assistant|>"
ANSWER, HAND_OVER = "<|answer|>", "<|handover|>"
CONTROLS = [UNKNOWN, BEGIN, END, SYSTEM, USER, ASSISTANT, ANSWER, HAND_OVER, *(f"<|{c}|>" for c in SCRATCH)]
BYTES = [f"<0x{value:02X}>" for value in range(256)]


class Vocabulary:
    """Token ids are places in `pieces`: controls first, then bytes, then text from the best score down."""

    def __init__(self, texts: list[str]):
        self.pieces = [*CONTROLS, *BYTES, *texts]
        self.first_text = len(CONTROLS) + len(BYTES)
        self.ids = {piece: index for index, piece in enumerate(self.pieces)}
        self.pattern = regex.compile(PRETOKEN)
        self.encode_pretoken = lru_cache(maxsize=1_000_000)(self._encode_pretoken)

    def encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for pretoken in self.pattern.findall(text.replace(" ", SPACE)):
            ids.extend(self.encode_pretoken(pretoken))
        return ids

    def encode_scratch(self, scratch: str) -> list[int]:
        return [self.ids[f"<|{char}|>"] for char in scratch]

    def _encode_pretoken(self, pretoken: str) -> tuple[int, ...]:
        """Joins the neighbours with the best score until none is left: llm_tokenizer_spm of llama.cpp, word by word."""
        parts = list(pretoken)
        while len(parts) > 1:
            joined = [self.ids.get(a + b, 1 << 30) for a, b in zip(parts, parts[1:])]
            best = min(joined)
            if best == 1 << 30:
                break
            at = joined.index(best)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        ids: list[int] = []
        for part in parts:
            if part in self.ids:
                ids.append(self.ids[part])
            else:
                ids.extend(self.ids[f"<0x{byte:02X}>"] for byte in part.encode())
        return tuple(ids)

    def score(self, index: int) -> float:
        return -float(index - self.first_text) if index >= self.first_text else 0.0

    def save(self, path: str) -> None:
        with open(path, "w", encoding="utf8") as file:
            json.dump(self.pieces[self.first_text :], file, ensure_ascii=False)

    @staticmethod
    def load(path: str) -> "Vocabulary":
        with open(path, encoding="utf8") as file:
            return Vocabulary(json.load(file))


def train_vocabulary(texts, size: int) -> Vocabulary:
    """`size` counts controls and bytes too. Characters that are rare in the text are left to the bytes."""
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(PRETOKEN), "isolated")
    printable = [chr(code) for code in range(33, 127)]
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(CONTROLS) - len(BYTES) + 1,
        special_tokens=[UNKNOWN],
        initial_alphabet=[SPACE, "\n", *printable],
        limit_alphabet=120,
        show_progress=False,
    )
    tokenizer.train_from_iterator((text.replace(" ", SPACE) for text in texts), trainer)
    ranked = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    joined = [piece for piece, _ in ranked if len(piece) > 1 and piece != UNKNOWN]
    single = [piece for piece, _ in ranked if len(piece) == 1]
    # Single characters are never joined from anything: their scores do not matter, so they come last.
    return Vocabulary([*joined, *single])
