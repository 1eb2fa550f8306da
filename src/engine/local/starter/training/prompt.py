"""How a conversation becomes tokens: the same text as the chat template in the model file writes."""

from vocabulary import ANSWER, ASSISTANT, END, HAND_OVER, SYSTEM, USER, Vocabulary

# Jinja as llama.cpp runs it. Case is of no use to a model this small, so it never sees any; of system prompts it knows
# the names of two tasks, and follows no others.
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}<|assistant|>{{ message['content'] }}<|end|>"
    "{% elif message['role'] == 'user' %}<|user|> {{ message['content'] | trim | lower }}"
    "{% elif message['content'] in ['title', 'sentiment'] %}<|system|> {{ message['content'] }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
TASKS = ("title", "sentiment")


def encode_prompt(vocabulary: Vocabulary, messages: list[list[str]]) -> list[int]:
    """`messages` are [role, text] pairs; the last token asks for an answer."""
    ids: list[int] = []
    for role, text in messages:
        if role == "assistant":
            ids += [vocabulary.ids[ASSISTANT], *vocabulary.encode(text), vocabulary.ids[END]]
        elif role == "user":
            ids += [vocabulary.ids[USER], *vocabulary.encode(" " + lower_ascii(text.strip()))]
        elif text in TASKS:
            ids += [vocabulary.ids[SYSTEM], *vocabulary.encode(" " + text)]
    return [*ids, vocabulary.ids[ASSISTANT]]


def encode_answer(vocabulary: Vocabulary, answer: str, scratch: str, is_hand_over: bool) -> list[int]:
    verdict = vocabulary.ids[HAND_OVER if is_hand_over else ANSWER]
    return [verdict, *vocabulary.encode_scratch(scratch), *vocabulary.encode(answer), vocabulary.ids[END]]


def lower_ascii(text: str) -> str:
    """llama.cpp's `lower` knows ASCII alone."""
    return "".join(char.lower() if char.isascii() else char for char in text)
