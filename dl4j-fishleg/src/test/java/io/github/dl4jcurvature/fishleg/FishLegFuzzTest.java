/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;
import java.util.function.Consumer;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.fisher.OutputLikelihood;
import io.github.dl4jcurvature.fisher.SameDiffCurvatureListener;
import io.github.dl4jcurvature.testkit.Fuzz;
import io.github.dl4jcurvature.testkit.FuzzCase;
import io.github.dl4jcurvature.testkit.FuzzGraph;
import io.github.dl4jcurvature.testkit.FuzzModel;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;

/** Random networks, options and data: steps have no NaN, or a refusal says why not and leaves the network as it was. */
class FishLegFuzzTest {
    private static final int CASES = 60;

    private static FishLeg updater(FuzzCase drawn) {
        FishLegBuilder builder = FishLeg.builder();
        List<Consumer<FishLegBuilder>> options = List.of(
                b -> b.learningRate(drawn.positive(0.1)),
                b -> b.auxiliaryLearningRate(drawn.positive(0.01)),
                b -> b.damping(drawn.positive(0.1)),
                b -> b.momentum(drawn.fraction()),
                b -> b.weightDecay(drawn.fraction()),
                b -> b.form(drawn.any(FishLeg.Form.values())),
                b -> b.startAsSgd(drawn.positive(0.1)),
                FishLegBuilder::startAsInverseDamping,
                FishLegBuilder::startAsInverseDiagonal,
                b -> b.pretrain(drawn.random().nextInt(3)),
                b -> b.probe(drawn.any(FishLeg.Probe.values())),
                b -> b.separateGates(drawn.flip()),
                b -> b.maxDimension(drawn.size(6)),
                b -> b.includeLayers(drawn.any("layer0", "0", ".*", "none", "[")),
                b -> b.excludeLayers(drawn.any("layer1", "1", ".*", "none")),
                b -> b.updateEvery(drawn.size(3)),
                b -> b.auxiliarySteps(drawn.size(3)),
                b -> b.auxiliaryBatchSize(drawn.size(3)),
                b -> b.fisherMethod(drawn.any(FisherEstimator.Method.values())),
                b -> b.differenceStep(drawn.positive(1e-4)),
                b -> b.preconditioned(drawn.flip()),
                b -> b.stepBound(drawn.positive(1)),
                b -> b.auxiliaryAdam(drawn.fraction(), drawn.fraction(), drawn.positive(1e-8)),
                b -> b.seed(drawn.random().nextLong()));
        return drawn.configure(builder, options).build();
    }

    @Test
    void networksTrainOrRefuse() {
        Fuzz.forCases("fishleg", CASES, drawn -> {
            FuzzModel design = new FuzzModel(drawn);
            Model model = design.create(updater(drawn));
            if (!drawn.hardlyEver()) {
                addListener(model, new CurvatureListener());
            }
            for (int step = drawn.width(3); step > 0; step--) {
                FuzzModel.fit(model, design.data());
            }
        });
    }

    @Test
    void graphsTrainOrRefuse() {
        Fuzz.forCases("fishleg in SameDiff", CASES, drawn -> {
            FuzzGraph design = new FuzzGraph(drawn);
            SameDiff graph = design.create(updater(drawn));
            if (!drawn.hardlyEver()) {
                graph.addListeners(listener(drawn, design));
            }
            for (int step = drawn.width(3); step > 0; step--) {
                design.fit(graph, design.data());
            }
        });
    }

    private static SameDiffCurvatureListener listener(FuzzCase drawn, FuzzGraph design) {
        OutputLikelihood likelihood = drawn.rarely()
                ? drawn.any(OutputLikelihood.values())
                : switch (design.loss()) {
                    case CATEGORICAL -> OutputLikelihood.CATEGORICAL;
                    case BERNOULLI -> OutputLikelihood.BERNOULLI;
                    case GAUSSIAN -> OutputLikelihood.GAUSSIAN_MEAN;
                };
        SameDiffCurvatureListener.Builder builder = SameDiffCurvatureListener.builder();
        if (drawn.flip()) {
            builder.output(FuzzGraph.OUTPUT, likelihood, FuzzGraph.LABELS);
        } else {
            builder.output(drawn.hardlyEver() ? "none" : FuzzGraph.OUTPUT, likelihood);
        }
        for (int i = 0; i < design.weights().size(); i++) {
            String bias = design.biases().get(i);
            if (drawn.flip() && bias.isEmpty()) {
                builder.layer(design.weights().get(i));
            } else if (drawn.flip() && !bias.isEmpty()) {
                builder.layer(design.weights().get(i), bias);
            }
        }
        return builder.build();
    }

    private static void addListener(Model model, CurvatureListener listener) {
        if (model instanceof MultiLayerNetwork network) {
            network.addListeners(listener);
        } else {
            ((ComputationGraph) model).addListeners(listener);
        }
    }
}
