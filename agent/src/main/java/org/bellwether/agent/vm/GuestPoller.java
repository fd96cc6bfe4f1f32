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
 * Asks the agents inside guests what they tell: at once when one connects, again and again until it tells an address, a few
 * times shortly after, then seldom. A guest that does not answer holds one thread for a few seconds.
 */
final class GuestPoller {
    private static final Logger LOG = LoggerFactory.getLogger(GuestPoller.class);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long[] PAUSES_MILLIS = {2_000, 3_000, 5_000, 10_000, 20_000};
    private static final long SELDOM_MILLIS = 60_000;
    /** People wait for the address: a guest that starts agent and network side by side has none yet when it connects. */
    private static final long EAGER_MILLIS = 2_000;

    private static final int EAGER_TIMES = 20;

    private final LibvirtLink link;
    private final Machines machines;
    private final Lanes lanes;
    private final Clock clock;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Map<String, Turn> turns = new ConcurrentHashMap<>();

    /** What an answer means for the next question. */
    enum Told {
        NO_ADDRESS,
        SOMETHING,
        NEVER_AGAIN
    }

    /**
     * When a machine is asked next.
     *
     * @param asked how often it has been asked; below 0 while an address is what is waited for
     */
    record Turn(long dueMillis, int asked, boolean asking) {
        static Turn first(long nowMillis) {
            return new Turn(nowMillis, -EAGER_TIMES, false);
        }

        Turn begun() {
            return new Turn(dueMillis, asked, true);
        }

        Turn after(Told told, long nowMillis) {
            if (asked < 0 && told == Told.NO_ADDRESS) {
                return new Turn(nowMillis + EAGER_MILLIS, asked + 1, false);
            }
            int time = Math.max(asked, 0);
            return new Turn(
                    nowMillis + (time < PAUSES_MILLIS.length ? PAUSES_MILLIS[time] : SELDOM_MILLIS), time + 1, false);
        }
    }

    GuestPoller(LibvirtLink link, Machines machines, Lanes lanes, Clock clock) {
        this.link = link;
        this.machines = machines;
        this.lanes = lanes;
        this.clock = clock;
    }

    /** The agent inside has opened its channel: it is asked now. */
    void connected(String id) {
        turns.put(id, Turn.first(clock.millis()));
        askDue();
    }

    void disconnected(String id) {
        turns.remove(id);
    }

    /** Asks whose turn it is; called every second, does not wait. */
    void askDue() {
        long now = clock.millis();
        turns.forEach((id, turn) -> {
            if (turn.dueMillis <= now && !turn.asking && turns.replace(id, turn, turn.begun())) {
                lanes.threads().execute(() -> ask(id));
            }
        });
    }

    private void ask(String id) {
        Told told = machines.find(id)
                .filter(machine -> MachineStates.on(machine.state.getPower()))
                .map(this::ask)
                .orElse(Told.NEVER_AGAIN);
        turns.computeIfPresent(id, (key, turn) -> told == Told.NEVER_AGAIN ? null : turn.after(told, clock.millis()));
    }

    private Told ask(Machine machine) {
        if (machine.state.getPower() != PowerState.RUNNING && machine.state.getPower() != PowerState.SHUTTING_DOWN) {
            return Told.SOMETHING;
        }
        try (Domain domain = machines.require(link.connection(), machine.id)) {
            domain.guest().setResponseTimeout(ANSWER);
            GuestData data = GuestFacts.of(domain.guest().information(List.of()), clock.millis());
            GuestData known = machine.guest;
            String version =
                    known != null && !known.getAgentVersion().isEmpty() ? known.getAgentVersion() : version(domain);
            machines.guest(machine, data.toBuilder().setAgentVersion(version).build());
            return GuestFacts.addressed(data) ? Told.SOMETHING : Told.NO_ADDRESS;
        } catch (LibvirtException e) {
            LOG.debug("the guest agent of {} does not answer: {}", machine.called(), e.getMessage());
        } catch (Refusal e) {
            return Told.NEVER_AGAIN;
        }
        return Told.NO_ADDRESS;
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
