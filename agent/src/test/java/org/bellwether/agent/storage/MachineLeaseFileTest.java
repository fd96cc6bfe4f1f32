package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Refusal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineLeaseFileTest {
    private static final String DOMAIN = "3f2b1c4d-0a11-4e5f-9b7c-112233445566";
    private static final String ONE = "11111111-2222-3333-4444-555555555555";
    private static final String TWO = "66666666-2222-3333-4444-555555555555";

    @TempDir
    Path directory;

    private DomainPlace place;
    private MachineLeaseFile leases;

    @BeforeEach
    void lay_out() throws IOException {
        place = new DomainPlace(directory, DOMAIN, false);
        Files.createDirectories(place.machineLeases().getParent());
        byte[] area = new byte[LeaseArea.ALIGNMENT + LeaseIndex.LENGTH];
        System.arraycopy(LeaseIndex.empty(DOMAIN, 1), 0, area, LeaseArea.ALIGNMENT, LeaseIndex.LENGTH);
        Files.write(place.machineLeases(), area);
        leases = new MachineLeaseFile(place);
    }

    @Test
    void a_lease_that_is_asked_for_twice_is_made_once() throws IOException {
        Leases.Place first = leases.make(ONE);
        assertThat(leases.make(ONE)).isEqualTo(first);
        assertThat(leases.find(ONE)).contains(first);
        assertThat(leases.make(TWO).offset()).isEqualTo(first.offset() + LeaseArea.ALIGNMENT);
        byte[] file = Files.readAllBytes(place.machineLeases());
        assertThat(Arrays.copyOfRange(file, (int) first.offset(), (int) first.offset() + LeaseArea.ALIGNMENT))
                .isEqualTo(LeaseArea.resource(DOMAIN, ONE));
    }

    @Test
    void a_removed_lease_is_gone_and_its_place_free() throws IOException {
        Leases.Place first = leases.make(ONE);
        leases.remove(ONE);
        leases.remove(ONE);
        assertThat(leases.find(ONE)).isEmpty();
        assertThat(leases.make(TWO).offset()).isEqualTo(first.offset());
    }

    @Test
    void a_truncated_index_and_a_local_domain_are_refused_in_words() throws IOException {
        Files.write(place.machineLeases(), new byte[LeaseArea.ALIGNMENT]);
        assertThatThrownBy(() -> leases.make(ONE)).isInstanceOf(Refusal.class).hasMessageContaining("too short");
        assertThatThrownBy(() -> new MachineLeaseFile(new DomainPlace(directory, DOMAIN, true)).make(ONE))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("only one host sees it");
    }
}
