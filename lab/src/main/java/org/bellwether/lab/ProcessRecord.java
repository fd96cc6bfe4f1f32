package org.bellwether.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A process as it is written down: its id and the tick it started at, so that a process that later got the same id is
 * never taken for it.
 */
record ProcessRecord(long pid, long startTicks) {

    static ProcessRecord of(long pid) {
        return new ProcessRecord(pid, startTicks(pid));
    }

    static ProcessRecord read(Path file) throws IOException {
        String[] words = Files.readString(file).strip().split(" ");
        return new ProcessRecord(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }

    void write(Path file) throws IOException {
        Files.writeString(file, pid + " " + startTicks + "\n");
    }

    boolean alive() {
        return startTicks > 0 && startTicks(pid) == startTicks;
    }

    void signal(String signal) {
        if (alive()) {
            Command.attempt("kill", "-" + signal, Long.toString(pid));
        }
    }

    /** Kills it and waits until it is gone. */
    void kill() {
        signal("KILL");
        if (!Await.holds(Duration.ofSeconds(20), () -> !alive())) {
            throw new LabFailure("process " + pid + " does not die; look at it with `ps -p " + pid + "`");
        }
    }

    /** Field 22 of /proc/PID/stat; 0 when there is no such process or it is only waiting to be reaped. */
    private static long startTicks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[0].equals("Z") || fields[0].equals("X") ? 0 : Long.parseLong(fields[19]);
        } catch (IOException e) {
            return 0;
        }
    }
}
