package org.bellwether.engine.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.bellwether.api.types.OperatingSystemInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine can be said to have in it, without osinfo-db and with one. */
class OperatingSystemsTest {

    private static final Clock TODAY = Clock.fixed(Instant.parse("2026-11-30T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path directory;

    @Test
    void what_people_install_today_is_there_without_the_package_too() {
        var all = systems(directory.resolve("absent"));
        assertThat(all)
                .extracting(OperatingSystemInfo::description)
                .contains("Debian 12", "Ubuntu 24.04 LTS", "Rocky Linux 9", "Windows Server 2025", "Windows 2022");
        assertThat(all).extracting(OperatingSystemInfo::id).doesNotHaveDuplicates();
        assertThat(all).extracting(OperatingSystemInfo::name).doesNotHaveDuplicates();
        assertThat(all.stream().filter(each -> "rhel_9x64".equals(each.name())))
                .extracting(OperatingSystemInfo::id)
                .as("the number that clients know")
                .containsExactly("34");
        assertThat(all.stream().filter(each -> "debian12".equals(each.name())))
                .extracting(OperatingSystemInfo::id)
                .as("the same wherever it is read")
                .containsExactly(UUID.nameUUIDFromBytes("debian12".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .toString());
    }

    @Test
    void of_the_package_only_what_is_current_and_new_is_added() throws IOException {
        int before = systems(directory).size();
        entry(
                "new",
                "<short-id>debian14</short-id><name>Debian 14</name><name xml:lang='de'>x</name>"
                        + "<family>linux</family><release-date>2026-08-01</release-date><media arch='x86_64'/>");
        entry("rolling", "<short-id>voidlinux</short-id><name>Void</name><release-status>rolling</release-status>");
        entry(
                "supported",
                "<short-id>ucs5.0</short-id><name>UCS</name><release-date>2019-05-25</release-date><eol-date>2029-01-01</eol-date>");
        entry(
                "known",
                "<short-id>debian12</short-id><name>Debian Twelve</name><release-date>2023-06-10</release-date>");
        entry("minor", "<short-id>rhel9.9</short-id><name>RHEL 9.9</name><release-date>2026-05-01</release-date>");
        entry("pack", "<short-id>sle15sp7</short-id><name>SLE</name><release-date>2025-06-17</release-date>");
        entry("old", "<short-id>debian8</short-id><name>Debian 8</name><release-date>2015-04-25</release-date>");
        entry(
                "ended",
                "<short-id>fedora99</short-id><name>F</name><release-date>2025-10-01</release-date><eol-date>2026-11-01</eol-date>");
        entry(
                "beta",
                "<short-id>ubuntu27.04</short-id><name>U</name><release-date>2026-10-01</release-date><release-status>prerelease</release-status>");
        entry(
                "foreign",
                "<short-id>pi1</short-id><name>Pi</name><release-date>2026-10-01</release-date><media arch='aarch64'/>");
        entry(
                "windows",
                "<short-id>win2k25</short-id><name>W</name><family>winnt</family><release-date>2024-11-01</release-date>");
        assertThat(systems(directory).stream().skip(before))
                .extracting(OperatingSystemInfo::name)
                .containsExactlyInAnyOrder("debian14", "voidlinux", "ucs5.0");
        assertThat(systems(directory))
                .extracting(OperatingSystemInfo::description)
                .contains("Debian 14", "Debian 12");
    }

    @Test
    void a_file_that_is_broken_or_hostile_adds_nothing_and_stops_nothing() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "hunter2");
        Files.writeString(directory.resolve("a.xml"), "<libosinfo><os><short-id>bro");
        Files.writeString(
                directory.resolve("b.xml"),
                "<!DOCTYPE x [<!ENTITY s SYSTEM '" + secret.toUri() + "'>]><libosinfo><os><short-id>evil</short-id>"
                        + "<name>&s;</name><release-date>2026-08-01</release-date></os></libosinfo>");
        entry("good", "<short-id>debian14</short-id><name>Debian 14</name><release-date>2026-08-01</release-date>");
        assertThat(systems(directory))
                .extracting(OperatingSystemInfo::description)
                .contains("Debian 14")
                .noneMatch(words -> words.contains("hunter2"));
    }

    private void entry(String file, String content) throws IOException {
        Files.writeString(
                directory.resolve(file + ".xml"),
                "<libosinfo version='0.0.1'><os id='x'>" + content + "</os></libosinfo>");
    }

    private static List<OperatingSystemInfo> systems(Path directory) {
        return new OperatingSystemsApi(new OsinfoDatabase(directory), TODAY).all();
    }
}
