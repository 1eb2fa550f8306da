#!/usr/bin/env bash
# Makes the starter model anew: writes the text, trains, and puts the model file and its curve into public/models/starter/.
# `npm run train:starter [-- DIALOGUES]`; stopped and started again, it goes on where it was. WORK says where it keeps what it needs.
# FROM=<a model file, or the WORK of an earlier training> begins with its vocabulary and weights instead of nothing; SEED=2 then gives other text.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../../.." && pwd)"
work="${WORK:-$root/node_modules/.cache/starter}"
dialogues="${1:-1200000}"
seed="${SEED:-1}"
from="${FROM:-}"
export PYTHONDONTWRITEBYTECODE=1

mkdir -p "$work"
if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --requirement "$here/training/requirements.txt"
fi
if [ -f "$from" ]; then
  [ -d "$work/from" ] || "$work/venv/bin/python" "$here/training/unpack.py" "$from" "$work/from"
  from="$work/from"
fi
if [ ! -f "$work/dialogues.npz" ]; then
  npx tsx "$here/text/write-text.ts" "$work/text.jsonl" "$dialogues" "$seed"
  "$work/venv/bin/python" "$here/training/prepare.py" "$work/text.jsonl" "$work" ${from:+"$from/vocabulary.json"}
fi
"$work/venv/bin/python" "$here/training/train.py" "$work" --seed "$seed" ${from:+--begin "$from/checkpoint.pt"}
"$work/venv/bin/python" "$here/training/export.py" "$work" "$root/public/models/starter/starter.gguf"
"$work/venv/bin/python" "$here/training/curve.py" "$work/curve.csv" "$root/public/models/starter/training.png"
# What PyTorch answers, for the test that llama.cpp answers the same.
"$work/venv/bin/python" "$here/training/greedy.py" "$work" "$root/test/starter/agreement-prompts.json" "$root/test/starter/agreement.json"
