package org.bellwether.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** One line that says how far it is and replaces itself, on a terminal; nothing anywhere else. */
final class Progress {

    private final PrintStream err;
    private final boolean terminal;
    private boolean shown;

    private Progress(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    static Progress on(PrintStream err) {
        return new Progress(err, isTerminal());
    }

    void say(String text) {
        if (terminal) {
            err.print("\r\033[K" + Text.clean(text));
            err.flush();
            shown = true;
        }
    }

    void clear() {
        if (shown) {
            err.print("\r\033[K");
            err.flush();
            shown = false;
        }
    }

    /** Java's own console speaks of input and output only; errors may go elsewhere. */
    private static boolean isTerminal() {
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
