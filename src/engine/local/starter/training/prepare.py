"""Turns the written dialogues (a JSON line each) into token arrays for training: `prepare.py TEXT FOLDER [VOCABULARY]`."""

import json
import random
import sys
from pathlib import Path

import numpy as np

from prompt import encode_answer, encode_prompt, lower_ascii
from vocabulary import Vocabulary, train_vocabulary

VOCABULARY_SIZE = 2304
VOCABULARY_SAMPLE = 150_000
MAX_LENGTH = 512


def prepare(text_path: Path, folder: Path, kept_vocabulary: str | None = None) -> None:
    with text_path.open(encoding="utf8") as file:
        lines = [json.loads(line) for line in file]
    vocabulary = Vocabulary.load(kept_vocabulary) if kept_vocabulary else learn_vocabulary(lines)
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary.save(str(folder / "vocabulary.json"))
    tokens, ends, answers, dropped = [], [], [], 0
    for line in lines:
        prompt = encode_prompt(vocabulary, line["prompt"])
        answer = encode_answer(vocabulary, line["answer"], line["scratch"], line["handOver"])
        if len(prompt) + len(answer) > MAX_LENGTH:
            dropped += 1
            continue
        tokens.extend(prompt + answer)
        ends.append(len(tokens))
        answers.append(len(answer))
    skills = sorted({line["skill"] for line in lines})
    np.savez(folder / "dialogues.npz", tokens=np.array(tokens, np.uint16), ends=np.array(ends, np.int64), answers=np.array(answers, np.int32))
    print(f"{len(ends)} dialogues, {len(tokens)} tokens, {sum(answers)} of them answers; {dropped} too long; skills: {', '.join(skills)}")


def learn_vocabulary(lines: list[dict]) -> Vocabulary:
    sample = random.Random(1).sample(lines, min(VOCABULARY_SAMPLE, len(lines)))
    return train_vocabulary((text for line in sample for text in texts_of(line)), VOCABULARY_SIZE)


def texts_of(line: dict) -> list[str]:
    return [*(lower_ascii(text) if role != "assistant" else text for role, text in line["prompt"]), line["answer"]]


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4])
