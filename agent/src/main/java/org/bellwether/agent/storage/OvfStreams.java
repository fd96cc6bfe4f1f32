package org.bellwether.agent.storage;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bellwether.agent.platform.Lane;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.OvfEntry;
import org.bellwether.protocol.WriteOvfStoreReply;
import org.bellwether.protocol.WriteOvfStoreRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a domain carries of machines and templates, coming in and going out piece by piece. */
public final class OvfStreams {
    private static final Logger LOG = LoggerFactory.getLogger(OvfStreams.class);
    private static final long MOST_BYTES = 128L << 20;

    private final Storage storage;
    private final Lanes lanes;

    public OvfStreams(Storage storage, Lanes lanes) {
        this.storage = storage;
        this.lanes = lanes;
    }

    public void read(
            DomainRequest request, StreamObserver<OvfEntry> caller, Function<Throwable, StatusRuntimeException> words) {
        lanes.threads().execute(() -> {
            try {
                storage.images().readOvf(request).forEach(caller::onNext);
                caller.onCompleted();
            } catch (RuntimeException e) { // the caller must hear of whatever failed
                caller.onError(words.apply(e));
            }
        });
    }

    public StreamObserver<WriteOvfStoreRequest> write(
            StreamObserver<WriteOvfStoreReply> caller, Function<Throwable, StatusRuntimeException> words) {
        return new Incoming(caller, words, lanes.alone("OVF_STORE"));
    }

    private final class Incoming implements StreamObserver<WriteOvfStoreRequest> {
        private final StreamObserver<WriteOvfStoreReply> caller;
        private final Function<Throwable, StatusRuntimeException> words;
        private final Lane order;
        private final List<OvfEntry> entries = new ArrayList<>();
        private DomainRequest domain = DomainRequest.getDefaultInstance();
        private long bytes;
        private boolean over;

        Incoming(
                StreamObserver<WriteOvfStoreReply> caller,
                Function<Throwable, StatusRuntimeException> words,
                Lane order) {
            this.caller = caller;
            this.words = words;
            this.order = order;
        }

        @Override
        public void onNext(WriteOvfStoreRequest request) {
            if (over) {
                return;
            }
            if (request.hasDomain()) {
                domain = request.getDomain();
            }
            bytes += request.getSerializedSize();
            entries.addAll(request.getEntriesList());
            if (bytes > MOST_BYTES) {
                over = true;
                caller.onError(words.apply(Refusal.badRequest("More than " + MOST_BYTES + " bytes for an OVF_STORE")));
            } else if (request.getComplete()) {
                over = true;
                order.run("write an OVF_STORE", this::write);
            }
        }

        private void write() {
            try {
                long written = storage.images().writeOvf(domain, entries);
                caller.onNext(WriteOvfStoreReply.newBuilder()
                        .setEntries(entries.size())
                        .setBytes(written)
                        .build());
                caller.onCompleted();
            } catch (RuntimeException e) { // the caller must hear of whatever failed
                caller.onError(words.apply(e));
            }
        }

        @Override
        public void onError(Throwable cut) {
            over = true;
            LOG.info("an OVF_STORE was not sent to its end and stays as it is");
        }

        @Override
        public void onCompleted() {
            if (!over) {
                over = true;
                caller.onError(words.apply(Refusal.badRequest("The OVF_STORE was not sent to its end")
                        .undone("It stays as it is")));
            }
        }
    }
}
