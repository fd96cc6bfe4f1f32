package org.bellwether.engine.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that the packages install, and with what kind of Java it does which work. */
class LauncherTest {
    private static final String FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1";

    @TempDir
    Path home;

    @BeforeEach
    void javaThatTellsHowItIsStarted() throws Exception {
        Path java = Files.createDirectories(home.resolve("jre/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void what_encrypts_gigabytes_has_the_compiler_that_knows_how_and_all_else_starts_fast() throws Exception {
        assertThat(said("disk", "upload", "image", "--storage", "gold"))
                .doesNotContain(FIRST_COMPILER_ONLY)
                .contains("org.bellwether.cli.Main disk upload image");
        assertThat(said("disk", "download", "system", "file")).doesNotContain(FIRST_COMPILER_ONLY);
        assertThat(said("deploy", "--first-host", "192.0.2.1")).doesNotContain(FIRST_COMPILER_ONLY);
        assertThat(said("vm", "list")).contains(FIRST_COMPILER_ONLY);
        assertThat(said("engine", "status"))
                .contains(FIRST_COMPILER_ONLY)
                .contains("org.bellwether.engine.command.EngineCommand status");
    }

    @Test
    void each_program_starts_from_the_cache_that_is_its_own() throws Exception {
        Path lib = Files.createDirectories(home.resolve("lib"));
        assertThat(said("vm", "list")).doesNotContain("AOTCache");
        Files.createFile(lib.resolve("engine.aot"));
        Files.createFile(lib.resolve("bw.aot"));
        assertThat(said("vm", "list"))
                .contains("-XX:AOTCache=" + lib.resolve("bw.aot"))
                .doesNotContain("engine.aot");
        assertThat(said("engine", "run")).contains("-XX:AOTCache=" + lib.resolve("engine.aot"));
        assertThat(said("engine", "status")).doesNotContain("AOTCache");
    }

    private String said(String... words) throws Exception {
        var command = new ArrayList<>(List.of("sh", "../packaging/root/usr/bin/bellwether"));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("BELLWETHER_HOME", home.toString());
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return output;
    }
}
