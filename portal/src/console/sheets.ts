/**
 * A document whose style elements are style sheets beside the page. xterm writes its rules into style elements, which the
 * portals' content security policy forbids, as it should; rules that a script of ours adds as a sheet it allows.
 */
export function documentWithSheets(): { document: Document; release: () => void } {
  const added: CSSStyleSheet[] = [];
  const style = (): HTMLElement => {
    const sheet = new CSSStyleSheet();
    added.push(sheet);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const element = document.createElement('template');
    const rules = { get: () => '', set: (text: string) => sheet.replaceSync(text) };
    Object.defineProperty(element, 'textContent', rules);
    Object.defineProperty(element, 'innerText', rules);
    return element;
  };
  const own = new Proxy(document, {
    get(real, name) {
      if (name === 'createElement')
        return (tag: string, options?: ElementCreationOptions) =>
          tag.toLowerCase() === 'style' ? style() : real.createElement(tag, options);
      const value = Reflect.get(real, name, real) as unknown;
      return typeof value === 'function' ? value.bind(real) : value;
    },
  });
  return {
    document: own,
    release: () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !added.includes(sheet));
    },
  };
}
