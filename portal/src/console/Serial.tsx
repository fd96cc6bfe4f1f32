import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef } from 'react';
import type { Line } from './ConsoleTab';
import { dial } from './line';
import { stylesAsSheets } from './sheets';

/** The machine's first serial port as a terminal. */
export default function Serial({ vm, attach, onOpen, onEnd }: Line) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return;
    let over = false;
    let socket: WebSocket | undefined;
    const release = stylesAsSheets();
    const terminal = new Terminal({
      fontFamily: '"Red Hat Mono", ui-monospace, monospace',
      fontSize: 14,
      cursorBlink: true,
      scrollback: 5_000,
      screenReaderMode: true,
      theme: { background: '#14161a', foreground: '#e6e8eb' },
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(box.current);
    fit.fit();
    const watch = new ResizeObserver(() => fit.fit());
    watch.observe(box.current);
    const letters = new TextEncoder();
    const send = (text: string) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(letters.encode(text));
    };
    terminal.onData(send);
    terminal.onBinary((data) => socket?.send(Uint8Array.from(data, (each) => each.charCodeAt(0))));
    const end = (why: string) => {
      if (!over) onEnd(why);
      over = true;
    };
    dial(vm, 'serial').then(
      (opened) => {
        if (over) return opened.close();
        socket = opened;
        socket.addEventListener('open', () => {
          onOpen();
          terminal.focus();
        });
        socket.addEventListener('message', (event) => terminal.write(new Uint8Array(event.data as ArrayBuffer)));
        socket.addEventListener('close', (event) => end(event.reason));
        attach({ focus: () => terminal.focus(), type: (text) => send(text.replaceAll('\n', '\r')) });
      },
      (failed: unknown) => end(failed instanceof Error ? failed.message : String(failed)),
    );
    return () => {
      over = true;
      socket?.close(1000);
      watch.disconnect();
      terminal.dispose();
      release();
    };
  }, [vm, attach, onOpen, onEnd]);
  return <div ref={box} className="bw-console__screen" />;
}
