package org.bellwether.engine.platform.agents;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertificateException;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.protocol.Error;

/** What an agent, or the way to it, says went wrong, as a {@link Failure}. */
public final class AgentErrors {

    private static final Metadata.Key<byte[]> ERROR =
            Metadata.Key.of("bellwether-error-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private AgentErrors() {}

    /** The words of the agent, or of the way to it, about a call to a host. */
    public static Failure explain(String hostName, StatusRuntimeException e) {
        return words(e).map(error -> fromAgent(hostName, error)).orElseGet(() -> fromTransport(hostName, e));
    }

    /** The agent's own code, when the failure came from the agent and not from the way to it. */
    public static Optional<Error.Code> code(Failure failure) {
        return failure.getCause() instanceof StatusRuntimeException e ? words(e).map(Error::getCode) : Optional.empty();
    }

    private static Failure fromAgent(String hostName, Error error) {
        var what = error.getWhat().isBlank() ? "The host " + hostName + " refused" : error.getWhat();
        var kind = switch (error.getCode()) {
            case NOT_FOUND -> Failure.Kind.NOT_FOUND;
            case BAD_REQUEST -> Failure.Kind.BAD_REQUEST;
            case UNREACHABLE, TIMED_OUT -> Failure.Kind.UNAVAILABLE;
            case WRONG_STATE, IN_USE, NO_SPACE, BROKEN, REFUSED, UNKNOWN, UNRECOGNIZED -> Failure.Kind.CONFLICT;
        };
        return new Failure(
                kind, what + " (host " + hostName + ")", error.getCause(), error.getUndone(), error.getNext());
    }

    private static Failure fromTransport(String hostName, StatusRuntimeException e) {
        var description = Optional.ofNullable(e.getStatus().getDescription())
                .orElse(e.getStatus().getCode().name());
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException refused) {
                return Failure.unavailable("The host " + hostName + " cannot be trusted: its certificate is refused")
                        .because(String.valueOf(refused.getMessage()))
                        .next("An expired certificate is renewed by itself; otherwise enrol the host again");
            }
        }
        if (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return Failure.unavailable("The host " + hostName + " did not answer in time")
                    .because(description)
                    .next("Look at the host's state and its agent's log");
        }
        return Failure.unavailable("The agent of the host " + hostName + " cannot be asked")
                .because(description)
                .next("Check that the host is up, reachable and its agent runs");
    }

    private static Optional<Error> words(StatusRuntimeException e) {
        var trailers = e.getTrailers();
        var bytes = trailers == null ? null : trailers.get(ERROR);
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Error.parseFrom(bytes));
        } catch (InvalidProtocolBufferException broken) {
            return Optional.empty();
        }
    }
}
