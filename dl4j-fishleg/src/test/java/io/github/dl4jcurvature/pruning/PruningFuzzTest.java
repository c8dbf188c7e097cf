/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.List;
import java.util.function.Consumer;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.testkit.Fuzz;
import io.github.dl4jcurvature.testkit.FuzzCase;
import io.github.dl4jcurvature.testkit.FuzzModel;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;

/** Random networks, options and data: weights are removed and none becomes NaN, or a refusal leaves the network as it was. */
class PruningFuzzTest {
    private static final int CASES = 60;
    private static final int STEPS = 6;

    private static PruningOptions options(FuzzCase drawn) {
        PruningOptions.Builder builder = PruningOptions.builder()
                .sparsity(drawn.rarely() ? drawn.fraction() : 0.5)
                .importance(importance(drawn)) // the defaults learn for thousands of steps
                .compensation(compensation(drawn));
        List<Consumer<PruningOptions.Builder>> options = List.of(
                b -> b.scope(drawn.any(PruningScope.values())),
                b -> b.structure(structure(drawn)),
                b -> b.minKeep(drawn.size(3) - 1),
                b -> b.include(drawn.any("layer0", "0", "none")),
                b -> b.exclude(drawn.any("layer0", "0", "none")),
                b -> b.batchSize(drawn.size(4)),
                b -> b.maxExamples(drawn.size(6)),
                b -> b.seed(drawn.random().nextLong()),
                b -> b.increments(drawn.size(3)));
        options.forEach(option -> {
            if (drawn.random().nextInt(3) == 0) {
                option.accept(builder);
            }
        });
        return builder.build();
    }

    private static PruningStructure structure(FuzzCase drawn) {
        return switch (drawn.random().nextInt(3)) {
            case 0 -> PruningStructure.keepNOfM(drawn.size(3), drawn.size(4));
            case 1 -> PruningStructure.blocks(drawn.size(3));
            default -> PruningStructure.unstructured();
        };
    }

    private static Importance importance(FuzzCase drawn) {
        return drawn.any(
                Importance.magnitude(),
                Importance.empiricalDiagonal(drawn.width(4)),
                Importance.inverse(inverse(drawn)));
    }

    private static Compensation compensation(FuzzCase drawn) {
        return drawn.any(
                Compensation.none(), Compensation.independent(inverse(drawn)), Compensation.joint(inverse(drawn)));
    }

    private static InverseCurvature.Recipe inverse(FuzzCase drawn) {
        return drawn.flip()
                ? new LearnedInverse().withSteps(3, 2)
                : new BlockInverse(drawn.width(6), drawn.positive(1e-3), drawn.width(4));
    }

    @Test
    void weightsAreRemovedOrKept() {
        Fuzz.forCases("pruning", CASES, drawn -> {
            FuzzModel design = new FuzzModel(drawn);
            Model model = design.create(new Sgd(0.1));
            DataSet data = design.data();
            PruningOptions options = options(drawn);
            FuzzModel.unchangedOnRefusal(model, () -> {
                Sparsity sparsity = FishLegSurgeon.prune(model, new SingletonDataSetIterator(data), options);
                assertThat(sparsity.toString()).doesNotContain("NaN");
            });
            FuzzCase.assertNoNaN("parameters", model.params());
        });
    }

    @Test
    void networksArePrunedWhileTheyTrain() {
        Fuzz.forCases("pruning while training", CASES, drawn -> {
            FuzzModel design = new FuzzModel(drawn);
            boolean curvature = drawn.flip();
            Model model = design.create(curvature ? new FishLeg(0.05) : new Sgd(0.05));
            if (curvature) {
                model.addListeners(new CurvatureListener());
            }
            FishLegSurgeon.Builder surgeon = new FishLegSurgeon.Builder()
                    .sparsity(drawn.rarely() ? drawn.fraction() : 0.5)
                    .importance(importance(drawn))
                    .compensation(compensation(drawn))
                    .batchSize(drawn.size(4))
                    .seed(drawn.random().nextLong())
                    .schedule(schedule(drawn));
            if (drawn.rarely()) {
                surgeon.structure(structure(drawn));
            }
            StepWitness witness = new StepWitness();
            model.addListeners(witness, surgeon.build());
            long removed = 0;
            for (int step = 0; step < STEPS; step++) {
                fit(model, design.data(), witness);
                if (witness.steppedToNaN && !curvature) {
                    return; // as gradient descent does without a word
                }
                assertThat(zeroWeights(model)).as("zeros after step %d", step).isGreaterThanOrEqualTo(removed);
                removed = zeroWeights(model);
            }
        });
    }

    /** Looks at what the updater has done, before weights are removed. */
    private static final class StepWitness extends BaseTrainingListener {
        private boolean steppedToNaN;

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            steppedToNaN = Double.isNaN(model.params().sumNumber().doubleValue());
        }
    }

    /** Weights do not start at zero, as biases do. */
    private static long zeroWeights(Model model) {
        return Sparsity.of(model).layers().stream()
                .filter(each -> each.parameter().endsWith("W"))
                .mapToLong(LayerSparsity::zeros)
                .sum();
    }

    /** A step, and perhaps a removal after it: a removal that is refused leaves the parameters that the step has made. */
    private static void fit(Model model, DataSet data, StepWitness witness) {
        try {
            ((NeuralNetwork) model).fit(data);
        } finally {
            if (!witness.steppedToNaN) {
                FuzzCase.assertNoNaN("parameters", model.params());
            }
        }
    }

    private static PruningSchedule schedule(FuzzCase drawn) {
        int start = drawn.random().nextInt(3);
        return switch (drawn.random().nextInt(3)) {
            case 0 -> PruningSchedule.at(start);
            case 1 -> PruningSchedule.linear(start, start + drawn.size(3), drawn.size(2));
            default ->
                PruningSchedule.cubic(start, start + drawn.size(3), drawn.size(2))
                        .increments(drawn.size(2));
        };
    }
}
