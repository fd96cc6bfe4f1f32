import RFB from '@novnc/novnc';
import { useEffect, useRef } from 'react';
import type { Line } from './ConsoleTab';
import { dial } from './line';

const RETURN = 0xff0d;
const SHIFT = 0xffe1;

/** The machine's screen, keyboard and mouse. */
export default function Screen({ vm, attach, onOpen, onEnd }: Line) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let over = false;
    let screen: RFB | undefined;
    const end = (why: string) => {
      if (!over) onEnd(why);
      over = true;
    };
    dial(vm, 'vnc').then(
      (socket) => {
        if (over || !box.current) return socket.close();
        socket.addEventListener('close', (event) => end(event.reason));
        screen = new RFB(box.current, socket, { shared: true });
        screen.scaleViewport = true;
        screen.background = 'transparent';
        screen.addEventListener('connect', () => {
          onOpen();
          screen?.focus();
        });
        screen.addEventListener('disconnect', () => end(''));
        attach({
          cad: () => screen?.sendCtrlAltDel(),
          focus: () => screen?.focus(),
          // The guest sees keys, as if somebody typed it: works at a log-in screen too.
          type: (text) => {
            for (const letter of text) {
              const code = letter === '\n' ? RETURN : (letter.codePointAt(0) ?? 0);
              const big = /[A-Z~!@#$%^&*()_+{}|:"<>?]/.test(letter);
              if (big) screen?.sendKey(SHIFT, 'ShiftLeft', true);
              screen?.sendKey(code < 0x100 || code === RETURN ? code : 0x01000000 + code, null);
              if (big) screen?.sendKey(SHIFT, 'ShiftLeft', false);
            }
          },
        });
      },
      (failed: unknown) => end(failed instanceof Error ? failed.message : String(failed)),
    );
    return () => {
      over = true;
      screen?.disconnect();
    };
  }, [vm, attach, onOpen, onEnd]);
  return <div ref={box} className="bw-console__screen" />;
}
