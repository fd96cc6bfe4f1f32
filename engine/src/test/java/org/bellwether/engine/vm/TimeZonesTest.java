package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.bellwether.api.types.TimeZone;
import org.bellwether.api.types.Vm;
import org.junit.jupiter.api.Test;

class TimeZonesTest {

    private static final Instant WINTER = Instant.parse("2026-11-30T12:00:00Z");
    private static final Instant SUMMER = Instant.parse("2026-07-30T12:00:00Z");

    @Test
    void a_clock_shows_the_time_of_its_zone_on_that_day() {
        assertThat(offset("Etc/GMT", WINTER)).isZero();
        assertThat(offset("Europe/Vienna", WINTER)).isEqualTo(3600);
        assertThat(offset("W. Europe Standard Time", SUMMER)).isEqualTo(7200);
        assertThat(offset("Pacific Standard Time", WINTER)).isEqualTo(-8 * 3600);
        assertThat(offset("India Standard Time", WINTER)).isEqualTo(19_800);
        assertThat(offset("nobody knows", WINTER))
                .as("from before it was checked")
                .isZero();
        assertThat(TimeZones.offsetSeconds(Vm.builder().build(), WINTER)).isZero();
    }

    @Test
    void every_zone_of_windows_is_one_that_java_knows() throws Exception {
        List<String> lines;
        try (var in = Objects.requireNonNull(TimeZones.class.getResourceAsStream("windows-zones.txt"))) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        assertThat(lines).hasSizeGreaterThan(130).allSatisfy(line -> {
            var words = line.split("=");
            assertThat(ZoneId.getAvailableZoneIds()).contains(words[1]);
            assertThat(TimeZones.zone(words[0])).contains(ZoneId.of(words[1]));
        });
    }

    @Test
    void a_zone_that_nobody_knows_is_refused_in_words() {
        assertThatThrownBy(() -> TimeZones.check(vm("Middle Earth")))
                .hasMessageContaining("There is no time zone \"Middle Earth\"");
        TimeZones.check(Vm.builder().build());
    }

    private static int offset(String zone, Instant now) {
        return TimeZones.offsetSeconds(vm(zone), now);
    }

    private static Vm vm(String zone) {
        return Vm.builder().timeZone(TimeZone.builder().name(zone).build()).build();
    }
}
