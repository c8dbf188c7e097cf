/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.function.LongFunction;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.ExampleGradients;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.fishleg.LearnedInverseFisher;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link LearnedInverse} at present parameters. */
final class LearnedInverseCurvature implements InverseCurvature {
    private static final Logger LOG = LoggerFactory.getLogger(FishLegSurgeon.class);
    private static final int EXAMPLES_OF_DIAGONAL = 1024;

    private final LearnedInverseFisher inverse;

    private LearnedInverseCurvature(LearnedInverseFisher inverse) {
        this.inverse = inverse;
    }

    /**
     * Learns it from the start, or refreshes what was learned.
     *
     * @param learned state of the last removal, or null
     * @param inputs batches of the auxiliary steps
     */
    static LearnedInverseCurvature of(
            LearnedInverse settings,
            Model model,
            PruningProblem problem,
            @Nullable INDArray learned,
            LongFunction<CurvatureBatch> inputs,
            long seed) {
        LearnedInverseFisher.Builder builder = LearnedInverseFisher.builder(model)
                .damping(settings.damping())
                .form(settings.scaled() ? FishLeg.Form.SCALED_KRONECKER : FishLeg.Form.KRONECKER)
                .seed(seed)
                .state(learned);
        if (settings.diagonalStart() && learned == null) {
            ExampleGradients gradients = problem.exampleGradients(EXAMPLES_OF_DIAGONAL);
            if (CoveredGradients.coverPrunable(gradients, problem)) {
                builder.startAsInverseDiagonal(gradients.meanSquares());
            } else {
                LOG.info(
                        "gradients of single examples are not known for all layers; Q starts as a multiple of the identity");
            }
        }
        LearnedInverseFisher inverse = builder.build();
        inverse.restrictTo(problem.alive());
        if (learned == null) {
            inverse.learn(inputs, settings.steps(), settings.rate(), 0);
        } else {
            inverse.learn(inputs, settings.refreshSteps(), settings.refreshRate(), settings.refreshRate());
        }
        return new LearnedInverseCurvature(inverse);
    }

    INDArray state() {
        return inverse.state();
    }

    @Override
    public INDArray diagonal() {
        return inverse.diagonal();
    }

    @Override
    public INDArray multiply(INDArray v) {
        return inverse.multiply(v);
    }
}
