package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.bellwether.api.types.Vm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DocumentTest {

    /** Longer and longer names, so that pieces end anywhere, and one that is longer than a piece. */
    private static List<Vm> machines() {
        var machines = new ArrayList<Vm>();
        for (int i = 0; i < 3_000; i++) {
            machines.add(Vm.builder()
                    .id(Integer.toString(i))
                    .name("é<\"𝄞".repeat(i % 37))
                    .build());
        }
        machines.add(Vm.builder().id("long").comment("\u0001ü".repeat(100_000)).build());
        return machines;
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void a_document_of_many_pieces_reads_back(Format format) {
        var machines = machines();
        var limits = new Limits(64_000_000, 64, 1_000_000);
        var document = Codec.write(format, Vm.TYPE, machines, Hrefs.none());
        var read = Codec.readList(format, document, Vm.TYPE, limits);
        assertThat(read).hasSize(machines.size());
        assertThat(read.subList(0, 3_000)).isEqualTo(machines.subList(0, 3_000));
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void is_sent_and_digested_as_it_was_written(Format format) throws IOException, NoSuchAlgorithmException {
        var document = Codec.document(format, Vm.TYPE, machines(), Hrefs.at("/ovirt-engine/api", "/vms"));
        var sent = new ByteArrayOutputStream();
        document.writeTo(sent);
        assertThat(sent.toByteArray()).isEqualTo(document.toArray());
        var digest = MessageDigest.getInstance("SHA-256");
        document.digest(digest);
        assertThat(digest.digest())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(sent.toByteArray()));
    }
}
