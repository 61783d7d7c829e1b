import ts from 'typescript';

/**
 * Finds the single changes of a file that are worth a test: of statements in SQL, which stand in strings, where no tool for
 * JavaScript looks for them, and of the guards, calls and comparisons around them.
 *
 * Each is `{ start, end, text, what, reach }`: the source from `start` to `end` becomes `text`. `what` says it in words, and
 * `reach` is where the function begins that has to run, or null for what stands outside of functions.
 */
export function mutantsOf(source, name = 'file.ts') {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    const changes = [...sqlChanges(node, file), ...codeChanges(node, file)];
    found.push(
      ...changes.map((change) => ({ ...change, reach: functionAround(node)?.getStart(file) ?? null })),
    );
    ts.forEachChild(node, (child) => (isSkipped(child) ? undefined : visit(child)));
  };
  visit(file);
  return found.map((change) => ({ ...change, line: lineAt(file, change.start) }));
}

/** Applies one change. */
export function mutated(source, { start, end, text }) {
  return source.slice(0, start) + text + source.slice(end);
}

/** Writes the file so that each function that runs adds its place to `globalThis.reached`. */
export function withProbes(source, name) {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const probes = [];
  const visit = (node) => {
    if (canHoldProbe(node)) probes.push({ at: node.body.getStart(file) + 1, place: node.getStart(file) });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return probes
    .sort((a, b) => b.at - a.at)
    .reduce(
      (text, { at, place }) =>
        `${text.slice(0, at)} globalThis.reached?.add('${name}:${place}'); ${text.slice(at)}`,
      source,
    );
}

const lineAt = (file, position) => file.getLineAndCharacterOfPosition(position).line + 1;

/** A constructor has to call its base class first, so that it holds no probe. */
function canHoldProbe(node) {
  return ts.isFunctionLike(node) && !ts.isConstructorDeclaration(node) && node.body && ts.isBlock(node.body);
}

function functionAround(node) {
  for (let one = node.parent; one; one = one.parent) if (canHoldProbe(one)) return one;
  return null;
}

function isSkipped(node) {
  return ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isInterfaceDeclaration(node);
}

/* Code. */

const boundaries = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const arithmetic = { '-': '+', '*': '/', '/': '*' };
const opposites = { min: 'max', max: 'min', some: 'every', every: 'some' };

function* codeChanges(node, file) {
  const whole = (text, what) => ({ start: node.getStart(file), end: node.end, text, what });
  if (ts.isIfStatement(node) && leaves(node.thenStatement)) {
    const condition = node.expression;
    yield {
      start: condition.getStart(file),
      end: condition.end,
      text: `false && (${condition.getText(file)})`,
      what: `never: if (${short(condition.getText(file))})`,
    };
  } else if (ts.isExpressionStatement(node) && isGuardingCall(node.expression, file)) {
    yield whole(';', `without ${short(node.getText(file))}`);
  } else if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken.getText(file);
    const sides = [node.left, node.right].map((side) => side.getText(file));
    if (operator === '&&' || operator === '||') {
      yield whole(sides[0], `without ${operator} ${short(sides[1])}`);
      yield whole(sides[1], `without ${short(sides[0])} ${operator}`);
    } else if (boundaries[operator]) {
      const text = `${sides[0]} ${boundaries[operator]} ${sides[1]}`;
      yield whole(text, `${short(node.getText(file))} → ${boundaries[operator]}`);
    } else if (arithmetic[operator]) {
      const text = `${sides[0]} ${arithmetic[operator]} ${sides[1]}`;
      yield whole(text, `${short(node.getText(file))} → ${arithmetic[operator]}`);
    }
  } else if (ts.isConditionalExpression(node)) {
    yield whole(node.whenTrue.getText(file), `always ${short(node.whenTrue.getText(file))}`);
    yield whole(node.whenFalse.getText(file), `always ${short(node.whenFalse.getText(file))}`);
  } else if (ts.isArrayLiteralExpression(node) && node.elements.length > 1) {
    for (const element of node.elements.filter(ts.isStringLiteral))
      yield withoutPart(element, node.elements, file);
  } else if (isCallOf(node, ['filter', 'sort', 'slice'])) {
    yield whole(
      node.expression.expression.getText(file),
      `without .${short(node.getText(file).split('.').pop())}`,
    );
  } else if (isCallOf(node, ['some', 'every']) || isCallOfMath(node, file)) {
    const { name } = node.expression;
    const text = opposites[name.text];
    yield {
      start: name.getStart(file),
      end: name.end,
      text,
      what: `${short(node.getText(file))} → ${text}`,
    };
  } else if (ts.isDecorator(node) && node.getText(file).startsWith('@Allow(')) {
    yield whole('', `without ${node.getText(file)}`);
  } else if (isConstant(node)) {
    const text = String(2 * Number(node.initializer.text) + 1);
    yield {
      start: node.initializer.getStart(file),
      end: node.initializer.end,
      text,
      what: `${node.name.text} = ${text}`,
    };
  }
}

function leaves(statement) {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return last && (ts.isThrowStatement(last) || ts.isReturnStatement(last) || ts.isContinueStatement(last));
}

/** A call whose answer nobody reads: it guards something, or writes something. */
function isGuardingCall(expression, file) {
  const call = ts.isAwaitExpression(expression) ? expression.expression : expression;
  return ts.isCallExpression(call) && !/^super\b|logger/.test(call.expression.getText(file));
}

function isCallOf(node, names) {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    names.includes(node.expression.name.text)
  );
}

function isCallOfMath(node, file) {
  return isCallOf(node, ['min', 'max']) && node.expression.expression.getText(file) === 'Math';
}

/** A named number outside of functions is a limit. */
function isConstant(node) {
  return (
    ts.isVariableDeclaration(node) &&
    node.initializer &&
    ts.isNumericLiteral(node.initializer) &&
    !functionAround(node)
  );
}

function withoutPart(part, all, file) {
  const next = all[all.indexOf(part) + 1];
  const [start, end] = [part.getStart(file), next ? next.getStart(file) : part.end];
  return { start, end, text: '', what: `without ${part.getText(file)}` };
}

/* SQL. */

const looksLikeSql =
  /\b(SELECT|INSERT INTO|UPDATE \S+ (\S+ )?SET|DELETE FROM|EXISTS \(|WHERE|IS (NOT )?NULL|ANY\(|ORDER BY|JOIN|ILIKE)\b|::(uuid|#)|= NULL,|\binterval '/;
const comparison = /^[\w.]+ (<=|>=|<|>|=)$/;
const endOfClause = new Set(
  'GROUP ORDER LIMIT FOR RETURNING UNION WINDOW HAVING WHERE JOIN LEFT INNER CROSS ON SET FROM DO'.split(' '),
);

function sqlChanges(node, file) {
  if (
    !ts.isStringLiteral(node) &&
    !ts.isTemplateExpression(node) &&
    !ts.isNoSubstitutionTemplateLiteral(node)
  )
    return [];
  const start = node.getStart(file) + 1;
  const raw = file.text.slice(start, node.end - 1);
  const sql = masked(node, raw, start, file);
  if (comparison.test(sql))
    return [turnedComparison(tokensOf(sql)[1], raw)].map((change) => moved(change, start));
  if (!looksLikeSql.test(sql)) return [];
  return new Statement(sql, raw).changes().map((change) => moved(change, start));
}

const moved = (change, by) => ({ ...change, start: change.start + by, end: change.end + by });

/** What is filled in stands in the statement as one word, however it is written. */
function masked(node, raw, start, file) {
  if (!ts.isTemplateExpression(node)) return raw;
  let text = raw;
  for (const { expression } of node.templateSpans) {
    const [from, to] = [
      expression.getFullStart() - 2 - start,
      file.text.indexOf('}', expression.end) + 1 - start,
    ];
    text = text.slice(0, from) + '#'.repeat(to - from) + text.slice(to);
  }
  return text;
}

function tokensOf(sql) {
  const words = /'(?:[^']|'')*'|"[^"]*"|\$\d+|[A-Za-z_#][\w#.]*|\d+|<=|>=|=>|<>|::|->>|->|\|\||\S/g;
  let depth = 0;
  return [...sql.matchAll(words)].map(({ 0: text, index }) => {
    if (text === ')') depth -= 1;
    const token = { text, start: index, end: index + text.length, depth };
    if (text === '(') depth += 1;
    return token;
  });
}

function turnedComparison({ text, start, end }, raw) {
  const turned = { '<': '<=', '<=': '<', '>': '>=', '>=': '>', '=': '<>', '<>': '=' }[text];
  return { start, end, text: turned, what: `${short(raw.slice(Math.max(0, start - 24), end))} → ${turned}` };
}

/** A Statement is a statement in SQL or a piece of one, cut into tokens whose places are those of the source. */
class Statement {
  constructor(sql, raw) {
    this.raw = raw;
    this.tokens = tokensOf(sql);
  }

  changes() {
    const { tokens } = this;
    const found = tokens.flatMap((token, i) => this.wordChanges(token, i));
    const isPiece =
      !/^(SELECT|INSERT|UPDATE|DELETE|WITH|JOIN|AND|OR)$/.test(tokens[0]?.text ?? '') &&
      !this.has('SELECT', 0);
    if (isPiece && tokens.at(-1)?.text !== 'ILIKE') {
      found.push(
        ...(this.has(',', 0) ? this.assignments(0, tokens.length, null) : this.conditions(0, tokens.length)),
      );
    }
    return found;
  }

  has(text, depth) {
    return this.tokens.some((token) => token.text === text && token.depth === depth);
  }

  wordChanges(token, i) {
    const { tokens } = this;
    const [before, next, third] = [tokens[i - 1]?.text, tokens[i + 1]?.text, tokens[i + 2]?.text];
    switch (token.text) {
      case 'WHERE':
      case 'HAVING':
        return this.conditions(i + 1, this.endOf(i));
      case 'ON':
        return next === 'CONFLICT' ? [] : this.conditions(i + 1, this.endOf(i));
      case 'SET':
        return this.assignments(i + 1, this.endOf(i), this.tableOf(i));
      case '<':
      case '<=':
      case '>':
      case '>=':
      case '<>':
        return [turnedComparison(token, this.raw)];
      case 'IS': {
        const end = next === 'NOT' ? tokens[i + 1].end : token.end;
        return [
          {
            start: token.start,
            end,
            text: next === 'NOT' ? 'IS' : 'IS NOT',
            what: `turns ${this.around(i)}`,
          },
        ];
      }
      case 'NOT':
        return before === 'IS' || next === 'NULL' ? [] : [this.cut(i, i + 1, `without NOT ${short(next)}`)];
      case 'FOR':
        return next === 'UPDATE' ? [this.cut(i, this.endOfLock(i), 'without FOR UPDATE')] : [];
      case 'SKIP':
        return next === 'LOCKED' ? [this.cut(i, i + 2, 'without SKIP LOCKED')] : [];
      case 'DO':
        return next === 'NOTHING'
          ? [this.cut(this.conflictBefore(i), i + 2, 'without ON CONFLICT DO NOTHING')]
          : [];
      case 'LIMIT':
        return [{ start: token.end, end: token.end, text: ' 1000000 +', what: `without LIMIT ${next}` }];
      case 'DESC':
        return [this.cut(i, i + 1, `ascending: ${this.around(i)}`)];
      case 'ORDER':
        return this.isAscending(i) ? [this.put(i + 2, 'DESC', `descending: ${this.around(i + 2)}`)] : [];
      case 'LEFT':
        return next === 'JOIN' ? [this.cut(i, i + 1, `inner ${this.around(i + 1)}`)] : [];
      case 'DISTINCT':
        return before === 'SELECT' && third ? [this.cut(i, i + 1, 'without DISTINCT')] : [];
      case 'least':
      case 'greatest': {
        const text = token.text === 'least' ? 'greatest' : 'least';
        return [{ start: token.start, end: token.end, text, what: `${token.text} → ${text}` }];
      }
      case 'interval':
        return /^'[1-9]/.test(next ?? '') ? [this.doubled(tokens[i + 1])] : [];
      default:
        return [];
    }
  }

  /** Leaves out each condition in turn. Its text stays, or PostgreSQL would not know the types of its parameters. */
  conditions(from, to) {
    const { tokens } = this;
    const [first, last] = [tokens[from], tokens[to - 1]];
    if (!first || !last || from >= to) return [];
    if (first.text === '(' && this.closing(from) === to - 1) {
      return tokens[from + 1].text === 'SELECT'
        ? [this.satisfied(from, to)]
        : this.conditions(from + 1, to - 1);
    }
    const alternatives = this.split(from, to, 'OR');
    if (alternatives.length > 1) {
      return alternatives.flatMap(([a, b]) => [this.excluded(a, b), ...this.inner(a, b)]);
    }
    const conjuncts = this.split(from, to, 'AND');
    return conjuncts.flatMap(([a, b]) => [this.satisfied(a, b), ...this.inner(a, b)]);
  }

  /** The conditions inside of one that consists of several. */
  inner(from, to) {
    const isGroup = this.tokens[from]?.text === '(' && this.closing(from) === to - 1;
    return isGroup || this.split(from, to, 'AND').length > 1 ? this.conditions(from, to) : [];
  }

  satisfied(from, to) {
    const text = this.textOf(from, to);
    return {
      start: this.tokens[from].start,
      end: this.tokens[to - 1].end,
      text: `(true OR (${text}))`,
      what: `without ${short(text)}`,
    };
  }

  excluded(from, to) {
    const text = this.textOf(from, to);
    return {
      start: this.tokens[from].start,
      end: this.tokens[to - 1].end,
      text: `(false AND (${text}))`,
      what: `without OR ${short(text)}`,
    };
  }

  /** Leaves each column as it was. `table` is null where the statement around is not known. */
  assignments(from, to, table) {
    return this.split(from, to, ',').flatMap(([a, b]) => {
      const [column, equals] = [this.tokens[a], this.tokens[a + 1]];
      if (!column || equals?.text !== '=' || !/^\w+$/.test(column.text)) return [];
      const what = `keeps ${column.text}`;
      if (table === null) return b < to ? [this.cut(a, b + 1, what)] : [];
      const text = `CASE WHEN true THEN ${table}.${column.text} ELSE ${this.textOf(a + 2, b)} END`;
      return [{ start: this.tokens[a + 2].start, end: this.tokens[b - 1].end, text, what }];
    });
  }

  split(from, to, word) {
    const { tokens } = this;
    const depth = tokens[from]?.depth;
    const parts = [];
    let [begin, between] = [from, false];
    for (let i = from; i < to; i += 1) {
      if (tokens[i].depth !== depth) continue;
      if (tokens[i].text === 'BETWEEN') between = true;
      if (tokens[i].text !== word) continue;
      if (word === 'AND' && between) between = false;
      else {
        parts.push([begin, i]);
        begin = i + 1;
      }
    }
    return [...parts, [begin, to]].filter(([a, b]) => a < b);
  }

  endOf(i) {
    const { depth } = this.tokens[i];
    const end = this.tokens.findIndex(
      (token, j) => j > i && (token.depth < depth || (token.depth === depth && this.ends(token, j))),
    );
    return end < 0 ? this.tokens.length : end;
  }

  ends(token, j) {
    // IS DISTINCT FROM ends nothing.
    return endOfClause.has(token.text) && !(token.text === 'FROM' && this.tokens[j - 1].text === 'DISTINCT');
  }

  endOfLock(i) {
    const end = this.tokens.findIndex(
      (token, j) => j > i && token.text === ')' && token.depth < this.tokens[i].depth,
    );
    return end < 0 ? this.tokens.length : end;
  }

  conflictBefore(i) {
    return this.tokens.findLastIndex((token, j) => j < i && token.text === 'ON');
  }

  isAscending(i) {
    const after = this.tokens.slice(i + 2).find((token) => /^(DESC|,|\)|LIMIT|FOR|NULLS)$/.test(token.text));
    return (
      this.tokens[i + 1]?.text === 'BY' &&
      this.tokens[i + 2] &&
      after?.text !== 'DESC' &&
      !after?.text.startsWith('NULLS')
    );
  }

  closing(i) {
    return this.tokens.findIndex(
      (token, j) => j > i && token.text === ')' && token.depth === this.tokens[i].depth,
    );
  }

  /** The table, or its alias, that an UPDATE or the end of an INSERT sets. */
  tableOf(i) {
    const { tokens } = this;
    const head = tokens.findLastIndex(
      ({ text }, j) =>
        j < i && (text === 'INTO' || (text === 'UPDATE' && !['DO', 'FOR'].includes(tokens[j - 1]?.text))),
    );
    if (head < 0) return null;
    const alias = tokens[head + 2]?.text;
    return tokens[head].text === 'UPDATE' && alias !== 'SET' ? alias : tokens[head + 1].text;
  }

  cut(from, to, what) {
    return { start: this.tokens[from].start, end: this.tokens[to - 1].end, text: '', what };
  }

  put(i, text, what) {
    return { start: this.tokens[i].end, end: this.tokens[i].end, text: ` ${text}`, what };
  }

  doubled({ start, end, text }) {
    const longer = text.replace(/\d+/, (number) => String(2 * Number(number)));
    return { start, end, text: longer, what: `interval ${text} → ${longer}` };
  }

  textOf(from, to) {
    return this.raw.slice(this.tokens[from].start, this.tokens[to - 1].end);
  }

  around(i) {
    const { tokens } = this;
    return short(
      this.raw.slice(tokens[Math.max(0, i - 1)].start, tokens[Math.min(tokens.length - 1, i + 2)].end),
    );
  }
}

function short(text) {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 70 ? `${line.slice(0, 68)}…` : line;
}
