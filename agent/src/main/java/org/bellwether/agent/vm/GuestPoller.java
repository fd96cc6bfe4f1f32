package org.bellwether.agent.vm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.protocol.GuestData;
import org.bellwether.protocol.PowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the agents inside guests what they tell: at once when one connects, a few times shortly after (addresses come
 * late), then seldom. A guest that does not answer holds one thread for a few seconds.
 */
final class GuestPoller {
    private static final Logger LOG = LoggerFactory.getLogger(GuestPoller.class);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long[] PAUSES_MILLIS = {2_000, 3_000, 5_000, 10_000, 20_000};
    private static final long SELDOM_MILLIS = 60_000;

    private final LibvirtLink link;
    private final Machines machines;
    private final Lanes lanes;
    private final Clock clock;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Map<String, Turn> turns = new ConcurrentHashMap<>();

    /** When a machine is asked next, and how often it has been asked. */
    private record Turn(long dueMillis, int asked, boolean asking) {}

    GuestPoller(LibvirtLink link, Machines machines, Lanes lanes, Clock clock) {
        this.link = link;
        this.machines = machines;
        this.lanes = lanes;
        this.clock = clock;
    }

    /** The agent inside has opened its channel: it is asked now. */
    void connected(String id) {
        turns.put(id, new Turn(clock.millis(), 0, false));
        askDue();
    }

    void disconnected(String id) {
        turns.remove(id);
    }

    /** Asks whose turn it is; called every second, does not wait. */
    void askDue() {
        long now = clock.millis();
        turns.forEach((id, turn) -> {
            if (turn.dueMillis <= now
                    && !turn.asking
                    && turns.replace(id, turn, new Turn(turn.dueMillis, turn.asked, true))) {
                lanes.threads().execute(() -> ask(id, turn.asked));
            }
        });
    }

    private void ask(String id, int asked) {
        boolean goOn = machines.find(id)
                .filter(machine -> MachineStates.on(machine.state.getPower()))
                .map(machine -> asked(machine))
                .orElse(false);
        long pause = asked < PAUSES_MILLIS.length ? PAUSES_MILLIS[asked] : SELDOM_MILLIS;
        turns.computeIfPresent(id, (key, turn) -> goOn ? new Turn(clock.millis() + pause, asked + 1, false) : null);
    }

    /** Whether it makes sense to ask again. */
    private boolean asked(Machine machine) {
        if (machine.state.getPower() != PowerState.RUNNING && machine.state.getPower() != PowerState.SHUTTING_DOWN) {
            return true;
        }
        try (Domain domain = machines.require(link.connection(), machine.id)) {
            domain.guest().setResponseTimeout(ANSWER);
            GuestData data = GuestFacts.of(domain.guest().information(List.of()), clock.millis());
            GuestData known = machine.guest;
            String version =
                    known != null && !known.getAgentVersion().isEmpty() ? known.getAgentVersion() : version(domain);
            machines.guest(machine, data.toBuilder().setAgentVersion(version).build());
        } catch (LibvirtException e) {
            LOG.debug("the guest agent of {} does not answer: {}", machine.called(), e.getMessage());
        } catch (Refusal e) {
            return false;
        }
        return true;
    }

    private String version(Domain domain) {
        try {
            JsonNode answer = json.readTree(domain.guest().command("{\"execute\":\"guest-info\"}", ANSWER));
            return GuestFacts.cut(answer.path("return").path("version").asText(""));
        } catch (LibvirtException | JsonProcessingException e) {
            return "";
        }
    }
}
