package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineNote;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.PauseReason;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.StorageErrorBehaviour;
import org.bellwether.protocol.VolumeReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageAgainTest {
    private final AtomicLong now = new AtomicLong(-5);
    private final List<String> resumed = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final StorageAgain again = new StorageAgain(Runnable::run, resumed::add, ended::add, now::get);

    @TempDir
    Path directory;

    private Path disk = Path.of("/");

    @BeforeEach
    void a_disk() throws IOException {
        disk = Files.write(directory.resolve("volume"), new byte[8192]);
    }

    @Test
    void a_machine_goes_on_when_its_storage_answers_again_and_less_and_less_often_in_vain() throws IOException {
        Machine machine = machine(StorageErrorBehaviour.AUTO_RESUME, PauseReason.PAUSE_IO_ERROR);
        Files.delete(disk);
        looks(machine, 100);
        assertThat(resumed).isEmpty();
        assertThat(ended).isEmpty();
        Files.write(disk, new byte[8192]);
        looks(machine, 4);
        assertThat(resumed).hasSize(1);
        looks(machine, 300);
        assertThat(resumed).as("it fails again each time").hasSizeBetween(4, 9);

        set(machine, PauseReason.PAUSE_NONE);
        looks(machine, 200);
        set(machine, PauseReason.PAUSE_IO_ERROR);
        int before = resumed.size();
        looks(machine, 2);
        assertThat(resumed).as("it had run for long, and is let go on at once").hasSize(before + 1);
    }

    @Test
    void a_machine_that_is_to_stay_paused_stays_so_and_one_that_is_not_to_wait_is_ended() throws IOException {
        Machine left = machine(StorageErrorBehaviour.LEAVE_PAUSED, PauseReason.PAUSE_NO_SPACE);
        looks(left, 100);
        assertThat(resumed).isEmpty();
        Machine killed = machine(StorageErrorBehaviour.KILL, PauseReason.PAUSE_IO_ERROR);
        Files.delete(disk);
        looks(killed, 79);
        assertThat(ended).isEmpty();
        looks(killed, 5);
        assertThat(ended).containsExactly(killed.id);
        assertThat(resumed).isEmpty();
    }

    private void looks(Machine machine, int seconds) {
        for (int second = 0; second < seconds; second++) {
            again.look(machine);
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }
    }

    private Machine machine(StorageErrorBehaviour wish, PauseReason reason) {
        String id = UUID.randomUUID().toString();
        String image = UUID.randomUUID().toString();
        MachineDefinition definition = MachineDefinition.newBuilder()
                .setId(id)
                .setName("waits")
                .setMemoryBytes(64 << 20)
                .setStorageError(wish)
                .addDisks(DiskDevice.newBuilder()
                        .setDiskId(image)
                        .setVolume(VolumeReference.newBuilder().setImageId(image)))
                .build();
        Machine machine = new Machine(id, MachineNote.getDefaultInstance());
        machine.view = DomainView.parse(
                DomainXml.write(definition, Map.of(image, new PreparedVolume(disk, false, false, true)), false));
        set(machine, reason);
        return machine;
    }

    private static void set(Machine machine, PauseReason reason) {
        machine.state = MachineState.newBuilder()
                .setMachineId(machine.id)
                .setPower(reason == PauseReason.PAUSE_NONE ? PowerState.RUNNING : PowerState.PAUSED)
                .setPauseReason(reason)
                .build();
    }
}
