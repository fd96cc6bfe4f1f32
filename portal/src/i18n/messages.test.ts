import { describe, expect, it } from 'vitest';
import { messages as german } from './de';
import { messages as english } from './en';

const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe('messages', () => {
  it('take the same parameters in each language', () => {
    for (const [key, text] of Object.entries(english))
      expect(parameters(german[key as keyof typeof english]), key).toEqual(parameters(text));
  });
});
