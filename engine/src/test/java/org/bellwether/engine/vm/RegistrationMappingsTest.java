package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bellwether.engine.network.VnicProfile;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.vm.RegistrationMappings.ProfileMapping;
import org.junit.jupiter.api.Test;

class RegistrationMappingsTest {

    private static OvfNic nic(String name, String network, String profile) {
        return new OvfNic(UUID.randomUUID(), name, "", network, profile, "virtio", true, true);
    }

    @Test
    void an_interface_is_plugged_into_what_the_first_mapping_says_that_fits_its_network_and_profile() {
        Id<VnicProfile> slow = Id.random();
        Id<VnicProfile> green = Id.random();
        Id<VnicProfile> any = Id.random();
        var mappings = new RegistrationMappings(List.of(
                new ProfileMapping("red", "slow", slow),
                new ProfileMapping("red", "", green),
                new ProfileMapping("", "guests", any)));
        assertThat(mappings.of(List.of(
                        nic("nic1", "red", "slow"),
                        nic("nic2", "red", "fast"),
                        nic("nic3", "blue", "guests"),
                        nic("nic4", "blue", "slow"))))
                .as("nic4 stays with what its names stand for here")
                .isEqualTo(Map.of("nic1", slow, "nic2", green, "nic3", any));
    }
}
