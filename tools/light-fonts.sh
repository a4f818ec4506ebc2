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
