package org.bellwether.engine.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script that installs hosts, on the layout of the other family of distributions: a real dnf and rpm with a database and a
 * repository of their own, in a container-like root where there is no apt.
 */
class DnfHostTest {
    private static final List<String> NEEDED =
            List.of("libvirt-daemon-kvm", "libvirt-client", "qemu-kvm", "qemu-img", "iproute", "bubblewrap", "sanlock");

    @TempDir
    Path folder;

    private Path script;

    private record Said(int code, String words) {}

    @BeforeEach
    void repository() throws Exception {
        for (String program : List.of("dnf", "rpm", "rpmbuild", "createrepo_c", "bwrap")) {
            assumeTrue(
                    Files.isExecutable(Path.of("/usr/bin", program)),
                    program + " is not installed here: apt-get install dnf rpm createrepo-c bubblewrap");
        }
        assumeTrue("root".equals(System.getProperty("user.name")), "dnf installs as root only");
        for (String part :
                List.of("dnf", "repos", "rpm", "state", "cache", "probe", "log", "tmp", "boot", "repository")) {
            Files.createDirectories(folder.resolve(part));
        }
        Files.writeString(folder.resolve("dnf/dnf.conf"), "[main]\ngpgcheck=0\nplugins=0\n");
        Files.writeString(
                folder.resolve("repos/probe.repo"),
                "[probe]\nname=probe\nbaseurl=file://" + folder.resolve("repository") + "\nenabled=1\ngpgcheck=0\n");
        for (String name : NEEDED) {
            build(name, "1.0");
        }
        publish();
        script = folder.resolve("install.sh");
        try (InputStream in = Objects.requireNonNull(HostScript.class.getResourceAsStream("install.sh"))) {
            Files.copy(in, script);
        }
    }

    @Test
    void what_a_host_lacks_is_installed_once_and_renewed_by_name() throws Exception {
        assertThat(inside("sh", "-c", "command -v apt-get dpkg-query").words()).isBlank();
        assertThat(say("packages").code()).isZero();
        assertThat(inside("rpm", "-qa", "--qf", "%{name}\n").words().lines())
                .containsExactlyInAnyOrderElementsOf(NEEDED);
        assertThat(say("packages").words())
                .as("said again it tells what is not to be had, and nothing else")
                .contains("note|the package glusterfs-fuse is not to be had there|")
                .doesNotContain("package sanlock ", "bubblewrap")
                .matches(words -> words.lines().allMatch(line -> line.startsWith("note|")));
        assertThat(say("updates", "0").words().lines()).containsExactly("agent");

        build("qemu-img", "2.0");
        build("not-installed", "2.0");
        publish();
        assertThat(say("updates", "0").words().lines())
                .containsExactly("agent", "package|qemu-img|1.0-1.el9|2.0-1.el9");
        assertThat(say("upgrade").code()).isZero();
        assertThat(inside("rpm", "-q", "qemu-img").words().strip()).isEqualTo("qemu-img-2.0-1.el9.noarch");
        assertThat(say("updates", "0").words().lines()).containsExactly("agent");

        Files.createFile(folder.resolve("boot/vmlinuz-9999.1-1.el9.x86_64"));
        assertThat(say("updates", "0").words().lines())
                .as("a kernel newer than the running one waits for a restart")
                .containsExactly("agent", "restart");
    }

    @Test
    void a_repository_that_does_not_answer_is_said_and_nothing_is_pretended() throws Exception {
        Files.move(folder.resolve("repository"), folder.resolve("away"));
        assertThat(say("packages"))
                .matches(said -> said.code() == 1
                        && said.words().contains("these packages could not be installed: libvirt-daemon-kvm"));
        assertThat(say("updates", "0"))
                .matches(said -> said.code() == 1 && said.words().contains("dnf check-update failed"));
        assertThat(say("upgrade"))
                .matches(said -> said.code() == 1 && said.words().contains("dnf could not renew the packages."));
        Files.move(folder.resolve("away"), folder.resolve("repository"));
        assertThat(say("packages").code()).as("goes on").isZero();
    }

    private void build(String name, String version) throws Exception {
        Path spec = folder.resolve(name + ".spec");
        Files.writeString(spec, """
            Name: %s
            Version: %s
            Release: 1.el9
            Summary: one of a test
            License: Apache-2.0
            BuildArch: noarch
            %%description
            One of a test.
            %%install
            mkdir -p %%{buildroot}/srv
            echo %s > %%{buildroot}/srv/%s
            %%files
            /srv/%s
            """.formatted(name, version, version, name, name));
        Said said = run(List.of(
                "rpmbuild", "-bb", "--quiet", "--define", "_topdir " + folder.resolve("build"), spec.toString()));
        assertThat(said.code()).as(said.words()).isZero();
    }

    private void publish() throws Exception {
        try (Stream<Path> built = Files.walk(folder.resolve("build/RPMS"))) {
            for (Path each :
                    built.filter(file -> file.toString().endsWith(".rpm")).toList()) {
                Files.copy(
                        each,
                        folder.resolve("repository").resolve(each.getFileName()),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Said said =
                run(List.of("createrepo_c", "-q", folder.resolve("repository").toString()));
        assertThat(said.code()).as(said.words()).isZero();
        assertThat(inside("dnf", "-q", "clean", "all").code()).isZero();
    }

    private Said say(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("sh", script.toString()));
        all.addAll(List.of(words));
        return inside(all.toArray(String[]::new));
    }

    private Said inside(String... words) throws Exception {
        String database = run(List.of("rpm", "--eval", "%_dbpath")).words().strip();
        List<String> all = new ArrayList<>(List.of("bwrap", "--dev-bind", "/", "/", "--unshare-net"));
        bind(all, "dnf", "/etc/dnf");
        bind(all, "repos", "/etc/yum.repos.d");
        bind(all, "rpm", database);
        bind(all, "state", "/var/lib/dnf");
        bind(all, "cache", "/var/cache/dnf");
        bind(all, "probe", "/srv");
        bind(all, "log", "/var/log");
        bind(all, "tmp", "/var/tmp");
        // What this machine itself waits for is not that host's: it may have kernels that it does not run.
        bind(all, "boot", "/boot");
        all.addAll(List.of("--tmpfs", "/run"));
        for (String absent : List.of("/usr/bin/apt-get", "/usr/bin/dpkg-query")) {
            if (Files.exists(Path.of(absent))) {
                all.addAll(List.of("--ro-bind", "/dev/null", absent));
            }
        }
        all.addAll(List.of(words));
        return run(all);
    }

    private void bind(List<String> words, String part, String place) throws IOException {
        Files.createDirectories(Path.of(place));
        words.addAll(List.of("--bind", folder.resolve(part).toString(), place));
    }

    private Said run(List<String> words) throws Exception {
        Path output = folder.resolve("said");
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("%s", words).isTrue();
        return new Said(process.exitValue(), Files.readString(output));
    }
}
