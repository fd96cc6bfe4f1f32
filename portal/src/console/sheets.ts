/**
 * While a terminal is there, the style elements that scripts make are style sheets beside the page. xterm writes its rules into
 * style elements, which the portals' content security policy forbids, as it should; rules that a script of ours adds as a
 * sheet it allows.
 *
 * @return ends it, and takes the sheets away
 */
export function stylesAsSheets(): () => void {
  const added: CSSStyleSheet[] = [];
  const make = document.createElement.bind(document);
  const style = (): HTMLElement => {
    const sheet = new CSSStyleSheet();
    added.push(sheet);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const element = make('template');
    const rules = { get: () => '', set: (text: string) => sheet.replaceSync(text) };
    Object.defineProperty(element, 'textContent', rules);
    Object.defineProperty(element, 'innerText', rules);
    Object.defineProperty(element, 'sheet', { value: sheet });
    return element;
  };
  const own = (tag: string, options?: ElementCreationOptions) =>
    tag.toLowerCase() === 'style' ? style() : make(tag, options);
  document.createElement = own as typeof document.createElement;
  return () => {
    if (document.createElement === own) document.createElement = make as typeof document.createElement;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !added.includes(sheet));
  };
}
