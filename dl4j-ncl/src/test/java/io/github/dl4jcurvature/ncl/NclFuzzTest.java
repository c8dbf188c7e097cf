/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;
import java.util.function.Consumer;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherLabels;
import io.github.dl4jcurvature.fisher.OutputLikelihood;
import io.github.dl4jcurvature.fisher.SameDiffCurvatureListener;
import io.github.dl4jcurvature.testkit.Fuzz;
import io.github.dl4jcurvature.testkit.FuzzCase;
import io.github.dl4jcurvature.testkit.FuzzGraph;
import io.github.dl4jcurvature.testkit.FuzzModel;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;

import static org.assertj.core.api.Assertions.assertThat;

/** Random networks, options and tasks: steps have no NaN, or a refusal says why not and leaves the network as it was. */
class NclFuzzTest {
    private static final int CASES = 60;

    private static Ncl updater(FuzzCase drawn) {
        NclBuilder builder = Ncl.builder().learningRate(0.05).dataSize(10).method(drawn.any(Ncl.Method.values()));
        List<Consumer<NclBuilder>> options = List.of(
                b -> b.learningRate(drawn.positive(0.05)),
                b -> b.rateDecayPerTask(drawn.fraction()),
                b -> b.momentum(drawn.fraction()),
                b -> b.dataSize(drawn.positive(10)),
                b -> b.step(drawn.any(Ncl.Step.values())),
                b -> b.priorWeight(drawn.positive(1)),
                b -> b.priorPrecision(drawn.positive(1)),
                b -> b.damping(drawn.positive(1e-3)),
                b -> b.absoluteDamping(drawn.positive(1e-3)),
                b -> b.kroneckerSum(drawn.any(KroneckerSum.values())),
                b -> b.fisherLabels(drawn.any(FisherLabels.values())),
                b -> b.fisherExamples(drawn.size(5)),
                b -> b.forgetting(1 - drawn.fraction()),
                b -> b.resetMomentum(drawn.flip()),
                b -> b.referenceTimeNormalisation(drawn.flip()),
                b -> b.fallback(drawn.any(Ncl.Fallback.values())),
                b -> b.maxDimension(drawn.size(6)),
                b -> b.consolidateEvery(drawn.size(3)),
                b -> b.seed(drawn.random().nextLong()));
        return drawn.configure(builder, options).build();
    }

    @Test
    void tasksAreLearnedOrRefused() {
        Fuzz.forCases("ncl", CASES, drawn -> {
            FuzzModel design = new FuzzModel(drawn);
            Model model = design.create(updater(drawn));
            if (!drawn.hardlyEver()) {
                model.addListeners(new CurvatureListener());
            }
            for (int task = 0; task < 2; task++) {
                DataSet data = design.data();
                FuzzModel.fit(model, data);
                FuzzModel.unchangedOnRefusal(
                        model,
                        () -> assertThat(Ncl.endTask(model, new SingletonDataSetIterator(data))
                                        .toString())
                                .doesNotContain("NaN"));
                FuzzModel.fit(model, design.data());
            }
        });
    }

    @Test
    void tasksOfGraphsAreLearnedOrRefused() {
        Fuzz.forCases("ncl in SameDiff", CASES, drawn -> {
            FuzzGraph design = new FuzzGraph(drawn);
            SameDiff graph = design.create(updater(drawn));
            if (!drawn.hardlyEver()) {
                graph.addListeners(listener(drawn, design));
            }
            for (int task = 0; task < 2; task++) {
                DataSet data = design.data();
                design.fit(graph, data);
                design.unchangedOnRefusal(
                        graph,
                        () -> assertThat(Ncl.endTask(graph, new SingletonDataSetIterator(data))
                                        .toString())
                                .doesNotContain("NaN"));
                design.fit(graph, design.data());
            }
        });
    }

    private static SameDiffCurvatureListener listener(FuzzCase drawn, FuzzGraph design) {
        SameDiffCurvatureListener.Builder builder = SameDiffCurvatureListener.builder()
                .output(
                        FuzzGraph.OUTPUT,
                        switch (design.loss()) {
                            case CATEGORICAL -> OutputLikelihood.CATEGORICAL;
                            case BERNOULLI -> OutputLikelihood.BERNOULLI;
                            case GAUSSIAN -> OutputLikelihood.GAUSSIAN_MEAN;
                        },
                        FuzzGraph.LABELS);
        for (int i = 0; i < design.weights().size(); i++) {
            if (drawn.flip() && !design.biases().get(i).isEmpty()) {
                builder.layer(design.weights().get(i), design.biases().get(i));
            }
        }
        return builder.build();
    }
}
