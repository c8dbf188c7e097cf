/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.CurvatureBlock;
import io.github.dl4jcurvature.fisher.CurvatureModel;
import io.github.dl4jcurvature.fisher.FisherLabels;
import io.github.dl4jcurvature.fisher.FisherPasses;
import io.github.dl4jcurvature.fisher.LabelSampler;
import io.github.dl4jcurvature.fisher.LayerFactors;
import org.nd4j.linalg.api.memory.MemoryWorkspaceManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Runs Fisher passes over the data of a task and collects what each layer needs of them.
 *
 * <p>Batches are worked on by several threads if BLAS is confined to one (OMP_NUM_THREADS=1). Each batch has its own random numbers
 * and the results are added in the order of the batches, so that nothing depends on the number of threads.
 */
final class StatisticsCollector {
    private static final long MOST_EXACT_PASSES = 32;
    private static final int MOST_THREADS = 4;

    private final CurvatureModel model;
    private final List<CurvatureBlock> blocks;
    private final Ncl settings;
    private final long tasks;
    /** Statistics that have been added up, whose memory the next batch can use. */
    private final Queue<List<List<SectionStatistics>>> spare = new ConcurrentLinkedQueue<>();

    /**
     * A collector.
     *
     * @param tasks number of tasks so far, from which random numbers depend
     */
    StatisticsCollector(CurvatureModel model, List<CurvatureBlock> blocks, Ncl settings, long tasks) {
        this.model = model;
        this.blocks = blocks;
        this.settings = settings;
        this.tasks = tasks;
    }

    /**
     * Statistics of all layers.
     *
     * @param layers one list for each layer, with an entry for each of its matrices
     */
    record Collected(List<List<SectionStatistics>> layers, long examples) {}

    private void merge(Collected total, Collected batch) {
        for (int i = 0; i < total.layers().size(); i++) {
            for (int j = 0; j < total.layers().get(i).size(); j++) {
                SectionStatistics added = batch.layers().get(i).get(j);
                total.layers().get(i).get(j).merge(added);
                added.clear();
            }
        }
        spare.add(batch.layers());
    }

    private List<List<SectionStatistics>> cleared() {
        List<List<SectionStatistics>> used = spare.poll();
        return used == null ? empty() : used;
    }

    /** A batch with its number. */
    private record Numbered(CurvatureBatch batch, long number) {}

    /** The batches until enough examples have been seen, in the type of the network. */
    private final class Source {
        private final Iterator<CurvatureBatch> batches;
        private long number;
        private long examples;

        Source(Iterable<CurvatureBatch> task) {
            batches = task.iterator();
        }

        boolean hasNext() {
            boolean enough = settings.fisherExamples() > 0 && examples >= settings.fisherExamples();
            return !enough && batches.hasNext();
        }

        Numbered next() {
            CurvatureBatch batch = batches.next().castTo(model.parameters().dataType());
            examples += batch.examples();
            return new Numbered(batch, number++);
        }
    }

    /**
     * Collects over a task.
     *
     * @throws IllegalArgumentException if there is no example
     */
    Collected collect(Iterable<CurvatureBatch> task) {
        Source source = new Source(task);
        if (!source.hasNext()) {
            throw new IllegalArgumentException("the task has no example; pass the data that it was trained on");
        }
        FisherPasses passes = model.fisherPasses();
        Numbered first = source.next();
        FisherLabels labels = labels(passes, first.batch());
        Collected total;
        if (source.hasNext() && threads() > 1) {
            total = collectInParallel(first, source, labels);
        } else {
            total = collected(passes, labels, first);
            while (source.hasNext()) {
                merge(total, collected(passes, labels, source.next()));
            }
        }
        return new Collected(total.layers(), source.examples);
    }

    private static int threads() {
        return "1".equals(System.getenv("OMP_NUM_THREADS"))
                ? Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS)
                : 1;
    }

    private Collected collectInParallel(Numbered first, Source source, FisherLabels labels) {
        ExecutorService executor = Executors.newFixedThreadPool(threads(), runnable -> {
            Thread thread = new Thread(runnable, "ncl-consolidation");
            thread.setDaemon(true);
            return thread;
        });
        ThreadLocal<FisherPasses> passes = ThreadLocal.withInitial(model::fisherPassesForFurtherThread);
        List<Future<Collected>> pending = new ArrayList<>();
        Collected total = new Collected(empty(), 0);
        try {
            pending.add(executor.submit(() -> collected(passes.get(), labels, first)));
            while (source.hasNext() || !pending.isEmpty()) {
                while (source.hasNext() && pending.size() < 2 * threads()) {
                    Numbered batch = source.next();
                    pending.add(executor.submit(() -> collected(passes.get(), labels, batch)));
                }
                merge(total, pending.remove(0).get());
            }
            for (int i = 0; i < threads(); i++) {
                executor.execute(StatisticsCollector::destroyWorkspaces);
            }
            return total;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "interrupted while Fisher information was collected; nothing has changed", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException("Fisher information could not be collected", e.getCause());
        } finally {
            executor.shutdown();
        }
    }

    /** Of this thread; the host's method for all of them also collects garbage, for as long as a tenth of the passes take. */
    private static void destroyWorkspaces() {
        MemoryWorkspaceManager manager = Nd4j.getWorkspaceManager();
        manager.getAllWorkspacesForCurrentThread().forEach(manager::destroyWorkspace);
    }

    private FisherLabels labels(FisherPasses passes, CurvatureBatch batch) {
        FisherLabels chosen = settings.fisherLabels();
        if (chosen != null) {
            return chosen;
        }
        return passes.outputUnits(batch) <= MOST_EXACT_PASSES ? FisherLabels.EXACT : FisherLabels.SAMPLED;
    }

    /** The statistics of one batch. */
    private Collected collected(FisherPasses passes, FisherLabels labels, Numbered numbered) {
        CurvatureBatch batch = numbered.batch();
        List<List<SectionStatistics>> layers = cleared();
        LabelSampler sampler = LabelSampler.numbered(settings.seed() + 1_000_003 * tasks, numbered.number());
        if (any(layers, SectionStatistics::needsSquaresOfGradients)) {
            passes.run(batch, labels, sampler, (first, factors, gradient) -> {
                addFactors(passes, batch, layers, first, factors);
                addSquares(layers, gradient, 1, false);
            });
        } else {
            passes.runForFactors(
                    batch, labels, sampler, (first, factors) -> addFactors(passes, batch, layers, first, factors));
        }
        return new Collected(layers, batch.examples());
    }

    private void addFactors(
            FisherPasses passes,
            CurvatureBatch batch,
            List<List<SectionStatistics>> layers,
            boolean first,
            List<LayerFactors> factors) {
        for (int i = 0; i < blocks.size(); i++) {
            add(blocks.get(i), layers.get(i), first, factors);
        }
        if (any(layers, SectionStatistics::needsSquaresOfFactors)) {
            addSquares(layers, passes.meanSquares(factors, batch), (double) batch.examples(), true);
        }
    }

    private static boolean any(List<List<SectionStatistics>> layers, Predicate<SectionStatistics> what) {
        return layers.stream().flatMap(List::stream).anyMatch(what);
    }

    private List<List<SectionStatistics>> empty() {
        List<List<SectionStatistics>> layers = new ArrayList<>();
        for (CurvatureBlock block : blocks) {
            List<SectionStatistics> sections = new ArrayList<>();
            LayerPlan plan = ((NclUpdater) block.updater()).getConfig().plan();
            for (SectionPlan section : plan == null ? List.<SectionPlan>of() : plan.sections()) {
                sections.add(new SectionStatistics(section, settings.referenceTimeNormalisation()));
            }
            layers.add(sections);
        }
        return layers;
    }

    private static void add(
            CurvatureBlock block, List<SectionStatistics> sections, boolean first, List<LayerFactors> factors) {
        for (LayerFactors each : factors) {
            if (each.layer().equals(block.parameters().layer())) {
                long start = startOf(block, each.weightKeys().get(0));
                sections.stream()
                        .filter(section -> section.startsAt(start))
                        .forEach(section -> section.add(first, each));
            }
        }
    }

    /** Position of a parameter in its block; -1 if another updater has it. */
    private static long startOf(CurvatureBlock block, String key) {
        long start = 0;
        for (int i = 0; i < block.parameters().names().size(); i++) {
            if (block.parameters().names().get(i).equals(key)) {
                return start;
            }
            start += block.parameters().lengths().get(i);
        }
        return -1;
    }

    private void addSquares(List<List<SectionStatistics>> layers, INDArray flat, double factor, boolean ofFactors) {
        for (int i = 0; i < blocks.size(); i++) {
            CurvatureBlock block = blocks.get(i);
            long end = block.offset() + block.parameters().length();
            for (SectionStatistics section : layers.get(i)) {
                if (ofFactors ? section.needsSquaresOfFactors() : section.needsSquaresOfGradients()) {
                    section.addSquares(flat.get(NDArrayIndex.interval(block.offset(), end)), factor, ofFactors);
                }
            }
        }
    }
}
