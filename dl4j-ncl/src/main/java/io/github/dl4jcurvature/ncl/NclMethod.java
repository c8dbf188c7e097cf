/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;

import io.github.dl4jcurvature.fisher.AuxiliaryInputs;
import io.github.dl4jcurvature.fisher.CurvatureBlock;
import io.github.dl4jcurvature.fisher.CurvatureMethod;
import io.github.dl4jcurvature.fisher.CurvatureModel;
import io.github.dl4jcurvature.fisher.TrainingStep;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.jspecify.annotations.Nullable;

/** Checks gradients before any layer steps, and consolidates where there are no task boundaries. */
final class NclMethod implements CurvatureMethod {
    private List<NclUpdater> updaters = List.of();
    private @Nullable Consolidation consolidation;
    private int consolidateEvery;

    @Override
    public void bind(CurvatureModel model, List<CurvatureBlock> blocks, AuxiliaryInputs auxiliary) {
        consolidation = Consolidation.of(model, blocks);
        updaters = consolidation.updaters();
        consolidateEvery = updaters.get(0).getConfig().consolidateEvery();
        GuardRails.check(model, blocks);
    }

    @Override
    public void onGradient(TrainingStep step) {
        MatrixView gradient = MatrixView.of(step.gradient());
        double squared = Gemm.dot(gradient, gradient);
        if (!Double.isFinite(squared)) {
            throw new ArithmeticException(
                    "the gradient of iteration %d is not finite (its squared norm is %s); the parameters are unchanged: check the data for NaN or lower the learning rate"
                            .formatted(step.iteration(), squared));
        }
        if (consolidateEvery > 0) {
            consolidateOnTheWay(step);
        }
        updaters.forEach(updater -> updater.show(step.iteration()));
    }

    private void consolidateOnTheWay(TrainingStep step) {
        NclState counters = updaters.get(0).layer().state();
        if (consolidation != null && counters.steps() > 0 && counters.steps() % consolidateEvery == 0) {
            double weight = counters.examples() / updaters.get(0).getConfig().dataSize();
            consolidation.consolidate(List.of(step.batch()), weight);
            updaters.forEach(updater -> updater.layer().state().clearExamples());
        }
        updaters.forEach(
                updater -> updater.layer().state().countExamples(step.batch().examples()));
    }
}
