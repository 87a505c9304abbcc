// How many texts a text is sent, and paid, in: the same count as the server's, while somebody types.

const basic = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
// Written with an escape before them, so that they count twice.
const extended = new Set("^{}\\[~]|€\f");

// The size of a text in words: "1 text, 109 of 160 characters".
export function size(text) {
  const characters = [...text];
  const isPlain = characters.every((c) => basic.has(c) || extended.has(c));
  const cost = (c) => (isPlain ? 1 + extended.has(c) : c.length);
  const units = characters.reduce((sum, c) => sum + cost(c), 0);
  const [alone, joined] = isPlain ? [160, 153] : [70, 67];
  if (units <= alone) return `1 text, ${units} of ${alone} characters`;
  // A character is never split between two texts.
  let texts = 1;
  let used = 0;
  for (const c of characters) {
    if (used + cost(c) > joined) {
      texts += 1;
      used = 0;
    }
    used += cost(c);
  }
  return `${texts} texts, ${units} characters`;
}
