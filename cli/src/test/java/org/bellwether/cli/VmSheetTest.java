package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VmSheetTest {
    @Test
    void what_a_guest_is_told_at_its_first_boot_stands_in_a_line() {
        var vm = Json.object();
        assertThat(VmSheet.firstBoot(new Entity(vm))).isEmpty();
        vm.putObject("initialization")
                .put("host_name", "web1")
                .put("user_name", "anna")
                .put("authorized_ssh_keys", "ssh-ed25519 A\n\nssh-rsa B\n")
                .put("custom_script", "#!/bin/sh\n");
        assertThat(VmSheet.firstBoot(new Entity(vm)))
                .isEqualTo("host name web1, user anna, SSH keys: 2, a script of 1 line");
    }
}
