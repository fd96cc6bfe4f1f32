package org.bellwether.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What `bw up` keeps under BW_HOME: the lab with this machine's bridge, the engine and its address. */
final class Site {
    private static final int DEFAULT_PORT = 8443;

    private final Path home;

    Site(Path home) {
        this.home = home;
    }

    static Site ofEnvironment() {
        String home = System.getenv("BW_HOME");
        return new Site(Path.of(home == null || home.isEmpty() ? "/var/lib/bellwether" : home)
                .toAbsolutePath());
    }

    Path home() {
        return home;
    }

    Path labDirectory() {
        return home.resolve("lab");
    }

    /** Where the first storage domain of files is. */
    Path storage() {
        return home.resolve("storage/data");
    }

    /** The lab that is up. */
    Lab lab() {
        return Lab.find(Lab.LASTING).orElseThrow(() -> new LabFailure("nothing is up: say ./bw up first"));
    }

    EngineProcess engine(Lab lab) {
        return EngineProcess.of(lab, home.resolve("engine"), port());
    }

    private static int port() {
        String port = System.getenv("BW_PORT");
        try {
            return port == null || port.isEmpty() ? DEFAULT_PORT : Integer.parseInt(port);
        } catch (NumberFormatException e) {
            throw new LabFailure("BW_PORT is '" + port + "', which is no port number", e);
        }
    }

    /** URL, user, password and authority of the engine, by the names of the shell variables. */
    static Map<String, String> login(EngineProcess engine) {
        Map<String, String> login = new LinkedHashMap<>();
        login.put("BW_URL", engine.url().toString());
        login.put("BW_USER", engine.user());
        login.put("BW_PASSWORD", engine.password());
        login.put("BW_CA", engine.authority().toString());
        return login;
    }

    /** Writes the exports where `bw env` reads them; for root alone, because of the password. */
    void writeEnvironment(EngineProcess engine) {
        try {
            Path file = home.resolve("env");
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, exports(login(engine)));
        } catch (IOException e) {
            throw new LabFailure("cannot write " + home.resolve("env") + ": " + e.getMessage(), e);
        }
    }

    /** Whether what runs was started from another build than this one. */
    boolean otherBuildRuns() {
        Path file = home.resolve("build");
        try {
            return Files.exists(file) && !Files.readString(file).strip().equals(build().toString());
        } catch (IOException e) {
            throw new LabFailure("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Notes that what is started from now on is of this build, and removes the copies of older ones. */
    void rememberBuild() {
        try {
            Files.writeString(home.resolve("build"), build() + "\n");
            Path copies = home.resolve("lib");
            if (Files.isDirectory(copies)) {
                try (Stream<Path> all = Files.list(copies)) {
                    all.filter(copy -> !Files.isSymbolicLink(copy) && !copy.equals(build()))
                            .forEach(Lab::removeTree);
                }
            }
        } catch (IOException e) {
            throw new LabFailure("cannot write under " + home + ": " + e.getMessage(), e);
        }
    }

    /** Where the jars are that everything is started from, or at least what makes them start fast; empty if nowhere. */
    static Path build() {
        return Path.of(System.getProperty("bellwether.build", ""));
    }

    void forgetEnvironment() {
        try {
            Files.deleteIfExists(home.resolve("env"));
        } catch (IOException e) {
            throw new LabFailure("cannot remove " + home.resolve("env") + ": " + e.getMessage(), e);
        }
    }

    static String exports(Map<String, String> login) {
        StringBuilder text = new StringBuilder();
        login.forEach((name, value) -> text.append("export ")
                .append(name)
                .append("='")
                .append(value.replace("'", "'\\''"))
                .append("'\n"));
        return text.toString();
    }
}
