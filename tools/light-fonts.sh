#!/bin/sh
# Writes `fonts/`: the fonts of the pictures with no more than the characters that nearly every picture makes do with
# (those of `src/analyse/fonts.ts`). The renderer reads a font's whole file for each letter that it draws, so that a
# tenth of the file is a third of the time that a picture's text takes. Needs fonttools 4.68.0: `pip install fonttools`.
set -eu
cd "$(dirname "$0")/.."
inter=node_modules/@expo-google-fonts/inter
characters=U+20-7E,U+A0,U+B5,U+B7,U+D7,U+2013,U+2014,U+2018,U+2019,U+201C,U+201D,U+2026,U+2190,U+2192,U+2212,U+2264,U+2265
for font in 400Regular/Inter_400Regular 600SemiBold/Inter_600SemiBold 700Bold/Inter_700Bold; do
  # By its names the renderer finds the weights of one family.
  pyftsubset "$inter/$font.ttf" --unicodes="$characters" --no-hinting --name-IDs='*' --output-file="fonts/${font##*/}.ttf"
done
cp "$inter/LICENSE_FONT" fonts/LICENSE
# The Chinese and Japanese of a PDF: the characters of GB 2312 and of JIS X 0208. The whole package has 57 MB.
east=$(mktemp -d)
npm pack --silent --pack-destination "$east" @expo-google-fonts/noto-sans-sc@0.4.3
tar xzf "$east"/*.tgz -C "$east"
python3 - > "$east/characters" <<'PYTHON'
import re
pairs = [bytes([a, b]) for a in range(0xA1, 0xFF) for b in range(0xA1, 0xFF)]
known = {pair.decode(name, "ignore") for name in ("gb2312", "euc_jp") for pair in pairs}
print("".join(sorted(c for c in known if re.fullmatch("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]", c))), end="")
PYTHON
pyftsubset "$east/package/400Regular/NotoSansSC_400Regular.ttf" --text-file="$east/characters" --no-hinting \
  --name-IDs='*' --layout-features= --output-file=fonts/NotoSansSC_400Regular.ttf
cp "$east/package/LICENSE_FONT" fonts/LICENSE-NotoSansSC
rm -r "$east"
