/** An element of the page by its id; the page and its script are of one release. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

/** A new element with text or children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  content: string | Node[] = '',
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (typeof content === 'string') made.textContent = content;
  else made.append(...content);
  return made;
}

/** A column of a table: heading, and whether its cells are figures. */
export interface Column {
  name: string;
  number?: boolean;
}

/** A table, or what to say when it would be empty. */
export function table(columns: readonly Column[], rows: readonly string[][], whenEmpty: string): HTMLElement {
  if (rows.length === 0) {
    const nothing = element('p', whenEmpty);
    nothing.className = 'empty';
    return nothing;
  }
  const cell = (tag: 'th' | 'td', text: string, { name, number }: Column) => {
    const made = element(tag, text);
    if (number === true) made.className = 'number';
    if (tag === 'td') made.dataset.name = name;
    else (made as HTMLTableCellElement).scope = 'col';
    return made;
  };
  const heading = element(
    'tr',
    columns.map((column) => cell('th', column.name, column)),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      columns.map((column, place) => cell('td', row[place] ?? '', column)),
    ),
  );
  return element('table', [element('thead', [heading]), element('tbody', body)]);
}

/** Pairs of a definition list. */
export function pairs(rows: readonly (readonly [string, string])[]): Node[] {
  return rows.flatMap(([name, value]) => [element('dt', name), element('dd', value)]);
}
