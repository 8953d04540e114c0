// The description of a loaded program: its functions with their parameters, from
// what the engine's parser told of them.
(function (native, hooks) {
  const { push, isClass } = hooks;
  const { getOwnPropertyNames, getOwnPropertyDescriptor } = Object;

  // ---- constants

  // Reads a constant from source text: strings, numbers, null, booleans, and arrays
  // and objects of such. Anything else throws NONE.
  const NONE = {};
  const TOKEN = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*(?:("(?:[^"\\\n\r]|\\[^])*"|'(?:[^'\\\n\r]|\\[^])*'|`(?:[^`\\$]|\\[^]|\$(?!\{))*`)|((?:0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?[\d_]+)?)n?)|([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)|([^]))?/uy;
  const constant = (text) => {
    let at = 0;
    let token;
    const take = () => {
      TOKEN.lastIndex = at;
      const [all, string, number, word, other] = TOKEN.exec(text);
      at += all.length;
      token = { string, number, word, other, end: !string && !number && !word && !other };
    };
    const expect = (mark) => {
      if (token.other !== mark) throw NONE;
      take();
    };
    const separated = (close, item) => {
      take();
      while (token.other !== close) {
        item();
        if (token.other !== close) expect(',');
      }
      take();
    };
    const value = (depth) => {
      if (depth > 100) throw NONE;
      const { string, number, word, other } = token;
      if (string !== undefined || number !== undefined) {
        take();
        return native.evaluate(`(${string ?? number})`, 'funcbox:constant');
      }
      if (word === 'null' || word === 'true' || word === 'false') {
        take();
        return word === 'null' ? null : word === 'true';
      }
      if (other === '-') {
        take();
        if (token.number === undefined) throw NONE;
        return -value(depth + 1);
      }
      if (other === '[') {
        const items = [];
        separated(']', () => push(items, value(depth + 1)));
        return items;
      }
      if (other === '{') {
        const object = { __proto__: null };
        separated('}', () => {
          const literal = token.string ?? token.number;
          const key = literal === undefined ? token.word : `${native.evaluate(`(${literal})`, 'funcbox:constant')}`;
          if (key === undefined || key === '__proto__') throw NONE;
          take();
          expect(':');
          object[key] = value(depth + 1);
        });
        return object;
      }
      throw NONE;
    };
    take();
    const result = value(0);
    if (!token.end) throw NONE;
    return result;
  };

  const setDefault = (target, text) => {
    target.required = false;
    try {
      target.default = constant(text);
    } catch {
      target.defaultText = text;
    }
  };

  // ---- comments

  // The text of a comment, and what its tags say of parameters and the result.
  const readComment = (comment) => {
    const described = { text: '', parameters: { __proto__: null }, returns: undefined };
    if (!comment) return described;
    const lines = comment.slice(3, -2).split(/\r?\n/).map((line) => line.replace(/^\s*\*? ?/, '').trimEnd());
    const sections = [''];
    for (const line of lines) {
      if (/^@\w/.test(line)) push(sections, line);
      else sections[sections.length - 1] += `${sections.at(-1) ? '\n' : ''}${line}`;
    }
    described.text = sections[0].trim();
    for (let i = 1; i < sections.length; i++) {
      const [, tag, rest] = /^@(\w+)\s*([^]*)$/.exec(sections[i]);
      const { type, after } = readType(rest);
      if (tag === 'returns' || tag === 'return') described.returns = type;
      else if (tag === 'param' || tag === 'arg' || tag === 'argument') {
        const found = /^(?:\[\s*([^\]=\s]+)[^\]]*\]|(\S+))\s*(?:-\s*)?([^]*)$/.exec(after);
        if (found) described.parameters[found[1] ?? found[2]] = { type, doc: found[3].trim(), optional: found[1] !== undefined || Boolean(type?.endsWith('=')) };
      }
    }
    return described;
  };

  // A type in braces, which may have braces in it.
  const readType = (text) => {
    if (text[0] !== '{') return { type: undefined, after: text };
    let depth = 0;
    for (let i = 0; i < text.length; i++) {
      if (text[i] === '{') depth++;
      else if (text[i] === '}' && --depth === 0) return { type: text.slice(1, i).trim() || undefined, after: text.slice(i + 1).trimStart() };
    }
    return { type: undefined, after: text };
  };

  // ---- functions

  // JSParsePart of the engine's header.
  const COMMENT = 1;
  const REST = 3;
  const NAME = 4;
  const PATTERN = 5;
  const KEY = 6;
  const PATTERN_END = 7;
  const DEFAULT = 8;
  const PARAMETER = 9;

  const newParameter = () => ({ __proto__: null, name: undefined, kind: 'either', required: true });

  const keyName = (text) => (/^['"]/.test(text) || /^[\d.]/.test(text) ? `${native.evaluate(`(${text})`, 'funcbox:constant')}` : text);

  const readParts = (parts) => {
    const params = [];
    let comment;
    let depth = 0;
    let parameter = newParameter();
    for (let i = 1; i < parts.length; i += 2) {
      const text = parts[i + 1];
      switch (parts[i]) {
        case COMMENT:
          comment = text;
          break;
        case REST:
          parameter.kind = 'rest';
          parameter.required = false;
          break;
        case NAME:
          parameter.name = text;
          break;
        case PATTERN:
          if (++depth === 1) {
            parameter.pattern = text;
            parameter.keys = [];
          }
          break;
        case KEY:
          if (depth !== 1 || parameter.pattern !== '{') break;
          // Other keys than those with a name: any may be given.
          if (text === '') parameter.open = true;
          else push(parameter.keys, { __proto__: null, name: keyName(text), required: true });
          break;
        case PATTERN_END:
          depth--;
          break;
        case DEFAULT:
          if (depth === 0) {
            parameter.given = text;
            setDefault(parameter, text);
          }
          else if (depth === 1 && parameter.pattern === '{') setDefault(parameter.keys.at(-1), text);
          break;
        case PARAMETER:
          parameter.text = text;
          push(params, parameter);
          parameter = newParameter();
          break;
      }
    }
    return { comment, params };
  };

  // Gives patterns their names, and takes away what only served to find them out.
  const settle = (params, described) => {
    const names = params.map(({ name }) => name);
    const last = params.length - 1;
    params.forEach((parameter, i) => {
      const { pattern, open, text, given } = parameter;
      delete parameter.pattern;
      delete parameter.open;
      delete parameter.text;
      delete parameter.given;
      if (pattern === undefined) {
        const said = described.parameters[parameter.name];
        if (said) {
          if (said.type) parameter.type = said.type;
          if (said.doc) parameter.doc = said.doc;
          if (said.optional) parameter.required = false;
        }
        return;
      }
      if (pattern === '{' && i === last && parameter.kind !== 'rest') {
        parameter.kind = 'options';
        parameter.name = ['options', 'opts'].find((name) => !names.includes(name)) ?? `options${i}`;
        for (const key of parameter.keys) {
          const [, doc] = Object.entries(described.parameters).find(([name]) => name.endsWith(`.${key.name}`)) ?? [];
          if (doc?.type) key.type = doc.type;
          if (doc?.doc) key.doc = doc.doc;
        }
        if (open || parameter.keys.length === 0) delete parameter.keys;
      } else {
        if (parameter.kind !== 'rest') parameter.kind = 'positional';
        const written = given !== undefined && text.endsWith(given) ? text.slice(0, -given.length).replace(/\s*=\s*$/, '') : text;
        parameter.name = written.replace(/\s+/g, ' ').replace(/^\.\.\./, '');
        delete parameter.keys;
      }
    });
  };

  const describe = (name, value, isPublic) => {
    const description = { __proto__: null, name, public: isPublic, exact: false };
    const parts = native.parameters(value);
    if (parts === undefined) return description;
    try {
      const { comment, params } = readParts(parts);
      const described = readComment(comment);
      settle(params, described);
      if (described.text) description.doc = described.text;
      if (described.returns) description.returns = described.returns;
      description.params = params;
      description.exact = !parts[0];
    } catch {
      delete description.params;
    }
    return description;
  };

  const LIMIT = 1000;

  // values: names and values by turns of functions and classes; only: the function
  // that a call without a name takes; publics: names of those that count for it.
  hooks.listing = (kind, values, only, publics, named, namedValue) => {
    const listing = { __proto__: null, kind };
    if (values === undefined) return listing;
    const functions = [];
    const seen = { __proto__: null };
    const add = (name, value, isPublic) => {
      if (seen[name] || functions.length >= LIMIT) return;
      seen[name] = true;
      push(functions, describe(name, value, isPublic));
    };
    for (let i = 0; i < values.length; i += 2) {
      const name = values[i];
      const value = values[i + 1];
      if (isClass(value)) {
        for (const key of getOwnPropertyNames(value)) {
          const member = getOwnPropertyDescriptor(value, key)?.value;
          if (key !== 'prototype' && typeof member === 'function' && !isClass(member)) add(`${name}.${key}`, member, false);
        }
      } else {
        add(name, value, publics.includes(name));
        if (value === only && listing.only === undefined && publics.includes(name)) listing.only = name;
      }
    }
    if (typeof namedValue === 'function' && !isClass(namedValue)) add(named, namedValue, false);
    listing.functions = functions;
    return listing;
  };

  hooks.noFunction = (names) => {
    const error = new Error(names.length ? `no function is named, and the code has several: ${names.join(', ')}` : 'no function is named, and the code has none');
    error.name = 'FunctionNotFound';
    error.stack = '';
    throw error;
  };
})
