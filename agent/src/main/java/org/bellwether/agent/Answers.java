package org.bellwether.agent;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Callable;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each call its answer: the message, or a status with the words for a person in its trailer. */
final class Answers {
    static final Metadata.Key<Error> ERROR =
            Metadata.Key.of("bellwether-error-bin", ProtoUtils.metadataMarshaller(Error.getDefaultInstance()));

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private Answers() {}

    /** Runs the action on the caller's thread and answers with what it returned. */
    static <T> void answer(StreamObserver<T> caller, String what, Callable<T> action) {
        T answer;
        try {
            answer = action.call();
        } catch (Exception e) { // whatever failed, the caller gets words
            caller.onError(status(e, what));
            return;
        }
        caller.onNext(answer);
        caller.onCompleted();
    }

    static StatusRuntimeException status(Throwable failure, String what) {
        Refusal refusal = Refusal.from(failure, what);
        Error error = refusal.error();
        if (error.getCode() == Error.Code.UNKNOWN) {
            LOG.error("{} failed inside the agent", what, failure);
        } else {
            LOG.info("{}: {} {}", what, error.getCode(), refusal.getMessage());
        }
        Metadata trailers = new Metadata();
        trailers.put(ERROR, error);
        return code(error.getCode()).withDescription(refusal.getMessage()).asRuntimeException(trailers);
    }

    private static Status code(Error.Code code) {
        return switch (code) {
            case NOT_FOUND -> Status.NOT_FOUND;
            case WRONG_STATE, IN_USE -> Status.FAILED_PRECONDITION;
            case NO_SPACE -> Status.RESOURCE_EXHAUSTED;
            case UNREACHABLE -> Status.UNAVAILABLE;
            case BROKEN -> Status.DATA_LOSS;
            case REFUSED -> Status.ABORTED;
            case TIMED_OUT -> Status.DEADLINE_EXCEEDED;
            case BAD_REQUEST -> Status.INVALID_ARGUMENT;
            case UNKNOWN, UNRECOGNIZED -> Status.INTERNAL;
        };
    }
}
