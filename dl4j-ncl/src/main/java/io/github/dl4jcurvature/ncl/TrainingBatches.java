/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.fisher.MergedBatch;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * The batch of every iteration, a function of the seed, the task and the iteration alone: nothing needs to be saved to go on where a
 * run was interrupted.
 */
final class TrainingBatches {
    private final List<Task> tasks;
    private final LearnerSettings settings;
    private final Map<Integer, long[]> stored = new HashMap<>();
    private int orderedTask = -1;
    private long orderedEpoch = -1;
    private int @Nullable [] order;

    TrainingBatches(TaskStream stream, LearnerSettings settings) {
        tasks = stream.tasks();
        this.settings = settings;
    }

    MultiDataSet batch(int task, int iteration) {
        return switch (settings.strategy()) {
            case SEQUENTIAL -> plain(tasks.get(task).train().batch(ownIndices(task, iteration)));
            case REPLAY -> task == 0 ? first(iteration) : MergedBatch.of(withReplay(task, iteration));
            case CUMULATIVE -> MergedBatch.of(mixed(task + 1, task, iteration));
            case JOINT -> MergedBatch.of(mixed(tasks.size(), 0, iteration));
        };
    }

    private MultiDataSet first(int iteration) {
        return plain(tasks.get(0).train().batch(ownIndices(0, iteration)));
    }

    /** Passes over the task in a new random order each; the last batch of a pass may be smaller. */
    private long[] ownIndices(int task, int iteration) {
        int examples = Math.toIntExact(tasks.get(task).train().examples());
        int perEpoch = (examples + settings.batchSize() - 1) / settings.batchSize();
        long epoch = iteration / perEpoch;
        if (order == null || orderedTask != task || orderedEpoch != epoch) {
            order = Shuffle.permutation(examples, random(task, epoch, 1));
            orderedTask = task;
            orderedEpoch = epoch;
        }
        int from = iteration % perEpoch * settings.batchSize();
        int to = Math.min(from + settings.batchSize(), examples);
        long[] indices = new long[to - from];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = order[from + i];
        }
        return indices;
    }

    /** A batch of the task and as many examples that were stored of earlier ones. */
    private List<MultiDataSet> withReplay(int task, int iteration) {
        List<MultiDataSet> parts = new ArrayList<>();
        parts.add(plain(tasks.get(task).train().batch(ownIndices(task, iteration))));
        SplittableRandom random = random(task, iteration, 2);
        List<List<Long>> chosen = lists(task);
        for (int i = 0; i < settings.batchSize(); i++) {
            int earlier = random.nextInt(task);
            long[] buffer = stored(earlier);
            chosen.get(earlier).add(buffer[random.nextInt(buffer.length)]);
        }
        addParts(parts, chosen);
        return parts;
    }

    /** The examples that the buffer holds of a task, chosen once. */
    private long[] stored(int task) {
        return stored.computeIfAbsent(task, earlier -> {
            int examples = Math.toIntExact(tasks.get(earlier).train().examples());
            return Arrays.stream(Shuffle.permutation(examples, random(earlier, 0, 3)))
                    .limit(settings.replayPerTask())
                    .asLongStream()
                    .toArray();
        });
    }

    /** Examples of the first tasks together, drawn at random. */
    private List<MultiDataSet> mixed(int count, int task, int iteration) {
        SplittableRandom random = random(task, iteration, 4);
        List<List<Long>> chosen = lists(count);
        long total = 0;
        for (Task each : tasks.subList(0, count)) {
            total += each.train().examples();
        }
        for (int i = 0; i < settings.batchSize(); i++) {
            long index = random.nextLong(total);
            int owner = 0;
            while (index >= tasks.get(owner).train().examples()) {
                index -= tasks.get(owner++).train().examples();
            }
            chosen.get(owner).add(index);
        }
        List<MultiDataSet> parts = new ArrayList<>();
        addParts(parts, chosen);
        return parts;
    }

    private void addParts(List<MultiDataSet> parts, List<List<Long>> chosen) {
        for (int task = 0; task < chosen.size(); task++) {
            if (!chosen.get(task).isEmpty()) {
                long[] indices =
                        chosen.get(task).stream().mapToLong(Long::longValue).toArray();
                parts.add(plain(tasks.get(task).train().batch(indices)));
            }
        }
    }

    private static List<List<Long>> lists(int count) {
        List<List<Long>> lists = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lists.add(new ArrayList<>());
        }
        return lists;
    }

    private static MultiDataSet plain(org.nd4j.linalg.dataset.api.MultiDataSet data) {
        return (MultiDataSet) data;
    }

    private SplittableRandom random(long task, long number, long purpose) {
        return new SplittableRandom(((settings.seed() * 31 + purpose) * 1_000_003 + task) * 1_000_003 + number);
    }
}
