package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bellwether.cli.Differences.Difference;
import org.bellwether.cli.DocumentFiles.Document;

/**
 * Makes the engine's objects be as documents describe them, one after the other in the order in which they depend on each
 * other. What is as described is left alone; nothing is ever removed. One that fails does not keep the others from being
 * applied, and those that failed are tried again as long as that helps, because something that they need may come later.
 */
final class Application {

    /** What became of a document. */
    enum Fate {
        CREATED,
        CHANGED,
        UNCHANGED,
        FAILED
    }

    /**
     * @param why the sentence, when it failed
     */
    record Result(Document document, String label, Fate fate, List<Difference> differences, String why) {}

    private final EngineClient engine;
    private final Known known;
    private final Described described;
    private final Grants grants;
    private final Making making;
    private final boolean dry;
    /** What an attempt has made that failed later. */
    private final Set<String> made = new HashSet<>();

    private boolean engineGone;

    /** @param dry whether only to say what would be done */
    Application(Session session, WaitOptions waiting, boolean dry) {
        this.engine = session.engine();
        this.known = new Known(engine);
        this.described = new Described(known);
        this.grants = new Grants(engine, known);
        this.making = new Making(session, waiting, known, described);
        this.dry = dry;
    }

    /** Everything that was looked at, in the order in which it was; ends early when the engine does not answer. */
    List<Result> apply(List<Document> documents) {
        var results = new ArrayList<Result>();
        var left = ordered(documents);
        while (true) {
            var failed = new ArrayList<Result>();
            for (var document : left) {
                var result = apply(document);
                (result.fate() == Fate.FAILED ? failed : results).add(result);
                if (engineGone) {
                    results.addAll(failed);
                    return results;
                }
            }
            if (failed.isEmpty() || failed.size() == left.size() || dry) {
                results.addAll(failed);
                return results;
            }
            left = failed.stream().map(Result::document).toList();
        }
    }

    /** Whether it ended early. */
    boolean engineGone() {
        return engineGone;
    }

    private static List<Document> ordered(List<Document> documents) {
        var ordered = new ArrayList<Document>();
        for (Sort sort : Sort.described()) {
            var left = new ArrayList<>(documents.stream()
                    .filter(each -> each.word().equals(sort.word()))
                    .toList());
            while (!left.isEmpty()) {
                // Tags stand below others, which come first; a circle is the engine's to refuse.
                var free = left.stream().filter(each -> !belowAny(each, left)).toList();
                ordered.addAll(free.isEmpty() ? left : free);
                left.removeAll(free.isEmpty() ? List.copyOf(left) : free);
            }
        }
        documents.stream().filter(each -> each.word().equals(Grants.WORD)).forEach(ordered::add);
        return ordered;
    }

    private static boolean belowAny(Document document, List<Document> others) {
        String parent = new Entity(document.content()).text("parent.name");
        return others.stream()
                .anyMatch(other -> !other.equals(document)
                        && new Entity(other.content()).name().equals(parent));
    }

    private Result apply(Document document) {
        String label = label(document);
        try {
            // So that what became of an earlier one's jobs does not look like this one's.
            engine.correlateAnew();
            return document.word().equals(Grants.WORD) ? grant(document, label) : object(document, label);
        } catch (CommandFailure failure) {
            engineGone = failure.kind() == CommandFailure.Kind.UNREACHABLE;
            return new Result(document, label, Fate.FAILED, List.of(), failure.sentence());
        }
    }

    static String label(Document document) {
        return document.word().equals(Grants.WORD)
                ? Grants.label(document.content())
                : Known.label(Sort.referredBy(document.word()).orElseThrow(), document.content());
    }

    private Result grant(Document document, String label) {
        if (grants.given(document.content())) {
            return new Result(document, label, Fate.UNCHANGED, List.of(), "");
        }
        if (!dry) {
            grants.give(document.content());
        }
        return new Result(document, label, Fate.CREATED, List.of(), "");
    }

    private Result object(Document document, String label) {
        Sort sort = Sort.referredBy(document.word()).orElseThrow();
        if (new Entity(document.content()).name().isEmpty()) {
            throw CommandFailure.refused(
                    0, "The file " + document.source() + " describes a " + sort.words() + " without a name");
        }
        ObjectNode wish = normal(sort, document.content());
        var found = known.find(sort, wish);
        if (found.isEmpty()) {
            if (dry) {
                making.check(sort, wish);
            } else {
                var entity = making.make(sort, wish);
                made.add(label);
                converge(sort, wish, entity);
            }
            return new Result(document, label, Fate.CREATED, List.of(), "");
        }
        var differences = Differences.of(sort, wish, described.of(sort, found.get()));
        if (!differences.isEmpty() && !dry) {
            converge(sort, wish, found.get());
        }
        var fate = differences.isEmpty() ? Fate.UNCHANGED : Fate.CHANGED;
        return new Result(document, label, made.contains(label) ? Fate.CREATED : fate, differences, "");
    }

    private ObjectNode normal(Sort sort, ObjectNode content) {
        ObjectNode wish = Json.object();
        content.properties()
                .forEach(member -> wish.set(member.getKey(), described.normal(member.getKey(), member.getValue())));
        if (sort.scope().isPresent() && !wish.has(sort.scope().get().word())) {
            var only = known.all(sort.scope().get());
            if (only.size() == 1) {
                known.reference(sort.scope().get(), only.iterator().next().id())
                        .ifPresent(scope -> wish.set(sort.scope().get().word(), scope));
            }
        }
        return wish;
    }

    /**
     * Changes it until it is as wished. One attribute may move another that was not mentioned to the engine, so what still
     * differs is asked for again; when that changes nothing any more, the engine does not want it so.
     */
    private void converge(Sort sort, ObjectNode wish, Entity found) {
        Optional<List<Difference>> before = Optional.empty();
        try {
            while (true) {
                var now = known.again(sort, found);
                JsonNode present = described.of(sort, now);
                var differences = Differences.of(sort, wish, present);
                if (differences.isEmpty()) {
                    return;
                }
                if (before.isPresent() && before.get().equals(differences)) {
                    throw CommandFailure.refused(0, kept(sort, wish, differences));
                }
                before = Optional.of(differences);
                making.change(sort, wish, now, present);
            }
        } finally {
            known.forget(sort);
        }
    }

    private static String kept(Sort sort, ObjectNode wish, List<Difference> differences) {
        var words = differences.stream().map(Difference::toString).toList();
        return "The engine leaves the " + Known.label(sort, wish) + " as it is in " + String.join("; ", words)
                + ". That cannot be changed, or is no attribute that it knows: take it out of the file, or make the object anew";
    }
}
