/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;
import java.util.Objects;

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
        NclState counters = updaters.get(0).layer().state();
        boolean due = consolidateEvery > 0 && counters.steps() > 0 && counters.steps() % consolidateEvery == 0;
        updaters.forEach(updater -> updater.keep(due));
        if (due) {
            consolidate(step, counters.examples() / updaters.get(0).getConfig().dataSize());
        }
        if (consolidateEvery > 0) {
            updaters.forEach(updater ->
                    updater.layer().state().countExamples(step.batch().examples()));
        }
        updaters.forEach(updater -> updater.show(step.iteration(), this::undo));
    }

    private void consolidate(TrainingStep step, double weight) {
        Objects.requireNonNull(consolidation, "bound before the first gradient")
                .consolidate(List.of(step.batch()), weight);
        updaters.forEach(updater -> updater.layer().state().clearExamples());
    }

    private void undo() {
        updaters.forEach(NclUpdater::undo);
    }
}
