package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bellwether.engine.platform.Failure;

/** Programs of the operating system, with this process's terminal. */
final class Programs {
    private Programs() {}

    /** @throws Failure when it does not end well; it has said why itself */
    static void run(String... words) {
        if (show(List.of(words)) != 0) {
            throw Failure.internal("`" + String.join(" ", words) + "` failed")
                    .next("It said why; as root it may do more");
        }
    }

    /** Answers what it wrote. */
    static String output(String... words) throws IOException {
        var process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Answers its exit code. */
    static int show(List<String> words) {
        try {
            return new ProcessBuilder(words).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw Failure.internal("`" + String.join(" ", words) + "` cannot be run")
                    .because(String.valueOf(e.getMessage()))
                    .next("Install " + words.getFirst())
                    .from(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        }
    }
}
