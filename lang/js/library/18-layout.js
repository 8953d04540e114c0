// How texts are quoted and how wide they are, for inspect and console.table.
(function (native, hooks) {
  const stripColors = (text) => (text.includes('\x1b') ? text.replace(/\x1b\[\d+m/g, '') : text);

  // Columns that a text takes on a terminal.
  const wide = (point) =>
    point >= 0x1100 && (point <= 0x115f || (point >= 0x2e80 && point <= 0x3247 && point !== 0x303f) ||
      (point >= 0x3250 && point <= 0x4dbf) || (point >= 0x4e00 && point <= 0xa4c6) || (point >= 0xa960 && point <= 0xa97c) ||
      (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff) || (point >= 0xfe10 && point <= 0xfe19) ||
      (point >= 0xfe30 && point <= 0xfe6b) || (point >= 0xff01 && point <= 0xff60) || (point >= 0xffe0 && point <= 0xffe6) ||
      (point >= 0x1b000 && point <= 0x1b001) || (point >= 0x1f200 && point <= 0x1f251) || (point >= 0x1f300 && point <= 0x1f64f) ||
      (point >= 0x1f900 && point <= 0x1f9ff) || (point >= 0x20000 && point <= 0x3fffd));
  const zero = (point) =>
    point <= 0x1f || (point >= 0x7f && point <= 0x9f) || (point >= 0x300 && point <= 0x36f) || (point >= 0x200b && point <= 0x200f) ||
    (point >= 0x20d0 && point <= 0x20ff) || (point >= 0xfe00 && point <= 0xfe0f) || (point >= 0xfe20 && point <= 0xfe2f) ||
    (point >= 0xe0100 && point <= 0xe01ef);
  const width = (text) => {
    text = stripColors(text);
    if (/^[\x20-\x7e]*$/.test(text)) return text.length;
    let columns = 0;
    for (const character of text.normalize('NFC')) {
      const point = character.codePointAt(0);
      if (wide(point)) columns += 2;
      else if (!zero(point)) columns++;
    }
    return columns;
  };

  const names = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\' };
  const escape = (character) => {
    if (names[character]) return names[character];
    const code = character.charCodeAt(0);
    if (code > 0xff) return `\\u${code.toString(16)}`;
    if (code < 0x20 || code > 0x7e) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
    return `\\${character}`;
  };
  const toEscape = {
    "'": /[\x00-\x1f\x27\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '"': /[\x00-\x1f\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
  };
  const quote = (text) => {
    let mark = "'";
    if (text.includes("'")) {
      if (!text.includes('"')) mark = '"';
      else if (!text.includes('`') && !text.includes('${')) mark = '`';
    }
    return mark + text.replace(toEscape[mark === "'" ? "'" : '"'], escape) + mark;
  };

  hooks.layout = { escape, quote, stripColors, toEscape, width };
  hooks.stringWidth = width;
  hooks.stripColors = stripColors;
})
