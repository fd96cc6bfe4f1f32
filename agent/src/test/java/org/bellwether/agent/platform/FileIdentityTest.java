package org.bellwether.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileIdentityTest {
    @TempDir
    private Path here;

    @Test
    void what_it_makes_is_36s_and_what_is_roots_stays_open_to_it() throws Exception {
        Path closed = Files.writeString(here.resolve("closed"), "root's");
        Files.setPosixFilePermissions(closed, Set.of());

        as36(() -> {
            Files.writeString(here.resolve("made"), "");
            assertThat(Files.readString(closed)).isEqualTo("root's");
            Files.writeString(closed, "written");
            Files.setAttribute(here.resolve("made"), "unix:gid", 7);
            // As with storage's text: beside what is root's, it is root's.
            AtomicFile.write(here.resolve("note"), new byte[1], PosixFilePermissions.fromString("rw-------"));
            return true;
        });

        assertThat(Files.getAttribute(here.resolve("made"), "unix:uid")).isEqualTo(36);
        assertThat(Files.getAttribute(here.resolve("made"), "unix:gid")).isEqualTo(7);
        assertThat(Files.readString(closed)).isEqualTo("written");
        assertThat(Files.getAttribute(here.resolve("note"), "unix:uid")).isEqualTo(0);
        assertThat(Files.getAttribute(here.resolve("note"), "unix:gid")).isEqualTo(0);
    }

    @Test
    void threads_that_it_makes_are_36_too_and_programs_are_not() throws Exception {
        as36(() -> {
            Thread other = new Thread(() -> write(here.resolve("by another thread")));
            other.start();
            other.join();
            return true;
        });
        String who = as36(
                () -> said(Command.of("sh", "-c", "touch 'by a program'; id -u").in(here)));

        assertThat(Files.getAttribute(here.resolve("by another thread"), "unix:uid"))
                .isEqualTo(36);
        assertThat(who).isEqualTo("0");
        assertThat(Files.getAttribute(here.resolve("by a program"), "unix:uid")).isEqualTo(0);
    }

    @Test
    void programs_on_storage_are_36_from_the_directory_on_and_read_what_is_roots() throws Exception {
        Path closed = Files.writeString(here.resolve("closed"), "root's");
        Files.setPosixFilePermissions(closed, Set.of());
        Path storage = Files.createDirectory(here.resolve("storage"));
        Files.setAttribute(storage, "unix:uid", FileIdentity.ID);
        Files.setPosixFilePermissions(storage, PosixFilePermissions.fromString("rwx------"));

        Command program = Command.onStorage(
                List.of("sh", "-c", "touch made; echo $(id -u):$(id -g):$(id -G) $(pwd) $(cat ../closed)"), storage);

        assertThat(said(program)).isEqualTo("36:36:36 " + storage + " root's");
        assertThat(Files.getAttribute(storage.resolve("made"), "unix:uid")).isEqualTo(36);
    }

    private interface Work<T> {
        T run() throws Exception;
    }

    /** On a thread of its own, which ends with it: a thread does not get back what it was. */
    private static <T> T as36(Work<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            FileIdentity.assume();
            return work.run();
        });
        Thread.ofPlatform().start(task);
        return task.get();
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String said(Command command) {
        Command.Outcome outcome = command.run(Duration.ofSeconds(20));
        assertThat(outcome.words()).isEmpty();
        assertThat(outcome.worked()).isTrue();
        return outcome.output().strip();
    }
}
