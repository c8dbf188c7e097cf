/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.CurvatureBlock;
import io.github.dl4jcurvature.fisher.CurvatureModel;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Collects the statistics of a task and lets all layers of a network learn from them. */
final class Consolidation {
    private final CurvatureModel model;
    private final List<CurvatureBlock> blocks;
    private final List<NclUpdater> updaters = new ArrayList<>();
    private final Ncl settings;
    private final int iterations; // that the host has counted; 0 if it does not count them by itself

    private Consolidation(CurvatureModel model, List<CurvatureBlock> blocks, int iterations) {
        this.iterations = iterations;
        this.model = model;
        this.blocks = blocks;
        for (CurvatureBlock block : blocks) {
            NclUpdater updater = (NclUpdater) block.updater();
            updater.bind(block);
            updaters.add(updater);
        }
        settings = updaters.get(0).getConfig();
        for (NclUpdater updater : updaters) {
            if (!updater.getConfig().sharedSettings().equals(settings.sharedSettings())) {
                throw new DL4JInvalidConfigException(
                        "Ncl of the layers %s and %s differ in Fisher labels or examples, time normalisation, consolidateEvery or seed (%s and %s), which are those of the whole network; set the same for all"
                                .formatted(
                                        settings.plan(),
                                        updater.getConfig().plan(),
                                        settings.sharedSettings(),
                                        updater.getConfig().sharedSettings()));
            }
        }
    }

    static Consolidation of(Model model) {
        List<CurvatureBlock> blocks = CurvatureBlock.of(model, Ncl.class);
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException(
                    "model has no layer with an Ncl updater; configure it with .updater(new Ncl(rate, dataSize))");
        }
        int iterations = model instanceof MultiLayerNetwork network
                ? network.getIterationCount()
                : ((ComputationGraph) model).getIterationCount();
        return new Consolidation(CurvatureModel.of(model), blocks, iterations);
    }

    static Consolidation of(SameDiff graph) {
        List<CurvatureBlock> blocks = CurvatureBlock.of(graph, Ncl.class);
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException(
                    "the training configuration of the graph has no Ncl updater; configure it with .updater(new Ncl(rate, dataSize))");
        }
        return of(CurvatureModel.of(graph), blocks);
    }

    static Consolidation of(CurvatureModel model, List<CurvatureBlock> blocks) {
        return new Consolidation(model, blocks, 0);
    }

    List<NclUpdater> updaters() {
        return updaters;
    }

    /** The end of a task of N examples. */
    ConsolidationReport endTask(Iterable<CurvatureBatch> task) {
        GuardRails.requireSteps(iterations, updaters);
        ConsolidationReport report = consolidate(task, 1);
        if (settings.fisherExamples() == 0) {
            GuardRails.checkDataSize(settings, report.examples());
        }
        return report;
    }

    /** Adds the Fisher information of some data with a weight. */
    ConsolidationReport consolidate(Iterable<CurvatureBatch> task, double weight) {
        requireFinite(model.parameters(), "the parameters");
        updaters.forEach(updater -> updater.layer().state().requireUnchangedMemory());
        StatisticsCollector.Collected collected = collect(task);
        List<StepRule.Consolidated> results = new ArrayList<>();
        try {
            for (int i = 0; i < blocks.size(); i++) {
                results.add(learn(updaters.get(i).layer(), collected, i, weight));
            }
        } catch (RuntimeException failure) {
            updaters.forEach(NclUpdater::reload);
            throw failure;
        }
        return commit(results, collected.examples());
    }

    /** Runs the passes over the data of a task. */
    StatisticsCollector.Collected collect(Iterable<CurvatureBatch> task) {
        return new StatisticsCollector(
                        model, blocks, settings, updaters.get(0).layer().state().tasks())
                .collect(task);
    }

    /** Sums over the matrices of a layer. */
    private static StepRule.Consolidated learn(
            NclLayer layer, StatisticsCollector.Collected collected, int index, double weight) {
        List<SectionStatistics> sections = collected.layers().get(index);
        boolean trained = false;
        double trace = 0;
        double divergence = 0;
        for (int i = 0; i < sections.size(); i++) {
            SectionStatistics section = sections.get(i);
            if (section.isKnown()) {
                TaskStatistics statistics = section.finished(layer.parameters(i), collected.examples(), weight);
                StepRule.Consolidated result = layer.consolidate(i, statistics);
                trained |= result.trained();
                trace += result.fisherTrace();
                divergence += result.divergence();
            }
        }
        return new StepRule.Consolidated(trained, trace, divergence);
    }

    private ConsolidationReport commit(List<StepRule.Consolidated> results, long examples) {
        List<ConsolidationReport.Layer> layers = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            StepRule.Consolidated result = results.get(i);
            NclLayer layer = updaters.get(i).layer();
            if (result.trained()) {
                layer.commit(result.fisherTrace(), result.divergence());
                updaters.get(i).reload(); // training goes on from what is saved, to the bit
            }
            layers.add(new ConsolidationReport.Layer(
                    blocks.get(i).parameters().layer(),
                    result.trained(),
                    result.fisherTrace(),
                    result.divergence(),
                    updaters.get(i).layer().state().tasks()));
        }
        return new ConsolidationReport(examples, layers);
    }

    private static void requireFinite(INDArray array, String what) {
        MatrixView view = MatrixView.of(array.reshape(array.length()));
        if (!Double.isFinite(Gemm.dot(view, view))) {
            throw new ArithmeticException(
                    "%s are not finite; the network is unchanged: lower the learning rate and train the task again"
                            .formatted(what));
        }
    }
}
