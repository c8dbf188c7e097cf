/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.AuxiliaryInputs;
import io.github.dl4jcurvature.fisher.CurvatureBlock;
import io.github.dl4jcurvature.fisher.CurvatureMethod;
import io.github.dl4jcurvature.fisher.TrainingStep;
import io.github.dl4jcurvature.linalg.Gemm;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Prepares the natural gradients of all layers of a network, and lets the inverse Fisher blocks learn when it is time. */
final class FishLegMethod implements CurvatureMethod {
    private final List<FishLegUpdater> updaters = new ArrayList<>();
    private final List<FishLegBlock> blocks = new ArrayList<>();
    private final List<BlockVector> naturalParts = new ArrayList<>();
    private final List<BlockVector> gradientParts = new ArrayList<>();
    private FishLeg settings = new FishLeg();
    private @Nullable INDArray gradient;
    private @Nullable AuxiliaryProblem auxiliaryProblem;

    @Override
    public void bind(Model model, List<CurvatureBlock> bound, AuxiliaryInputs auxiliary) {
        INDArray vector = Nd4j.createUninitializedDetached(model.params().dataType(), model.numParams());
        vector.assign(0);
        for (CurvatureBlock each : bound) {
            FishLegUpdater updater = (FishLegUpdater) each.updater();
            BlockPlan plan = updater.getConfig().plan();
            if (plan == null) {
                throw new IllegalStateException("layer '%s' has no plan; call CurvatureListener.prepare(network) first"
                        .formatted(each.parameters().layer()));
            }
            FishLegBlock block = new FishLegBlock(each, plan, updater.state());
            updater.bind(block, this);
            updaters.add(updater);
            blocks.add(block);
            naturalParts.add(block.part(vector));
        }
        settings = SharedSettings.of(
                updaters.stream().map(FishLegUpdater::getConfig).toList());
        auxiliaryProblem = AuxiliaryProblem.of(model, settings, blocks, auxiliary);
    }

    /** The problem that the factors learn from. */
    AuxiliaryProblem auxiliaryProblem() {
        if (auxiliaryProblem == null) {
            throw new IllegalStateException("not bound to a network; bind comes first");
        }
        return auxiliaryProblem;
    }

    @Override
    public void onGradient(TrainingStep step) {
        describe(step.gradient());
        blocks.forEach(block -> block.take(step));
        long steps = blocks.get(0).state().steps();
        double rate = settings.auxiliaryLearningRate(step.iteration(), step.epoch());
        if (steps > 0 && steps % settings.updateEvery() == 0 && rate > 0) {
            auxiliaryProblem().learn(step, gradientParts, rate);
        }
        for (int index = 0; index < blocks.size(); index++) {
            blocks.get(index).naturalGradient(gradientParts.get(index), naturalParts.get(index));
        }
        double scale = stepScale(step);
        for (int index = 0; index < blocks.size(); index++) {
            updaters.get(index).prepare(step.iteration(), naturalParts.get(index), scale);
        }
    }

    /** Views of the gradient are made once, for the host keeps one array for it. */
    private void describe(INDArray current) {
        if (current != gradient) {
            gradient = current;
            gradientParts.clear();
            blocks.forEach(block -> gradientParts.add(block.part(current)));
        }
    }

    /** min(1, sqrt(kappa / sum over blocks of eta^2 <Q g, g>)). */
    private double stepScale(TrainingStep step) {
        double length = 0;
        for (int index = 0; index < blocks.size(); index++) {
            FishLegBlock block = blocks.get(index);
            double rate = updaters.get(index).getConfig().getLearningRate(step.iteration(), step.epoch());
            double product = Gemm.dot(
                            naturalParts.get(index).view(),
                            gradientParts.get(index).view())
                    / step.divisor();
            requireFinite(product, block, step);
            requireRate(rate, block, step);
            length += rate * rate * Math.max(product, 0);
        }
        return length > settings.stepBound() ? Math.sqrt(settings.stepBound() / length) : 1;
    }

    private static void requireRate(double rate, FishLegBlock block, TrainingStep step) {
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalStateException(
                    "learning rate of layer '%s' at iteration %d must be non-negative and finite but is %s; correct its schedule, or pass a rate to setLearningRate"
                            .formatted(block.layer(), step.iteration(), rate));
        }
    }

    private static void requireFinite(double product, FishLegBlock block, TrainingStep step) {
        if (!Double.isFinite(product)) {
            throw new ArithmeticException(
                    "gradient of layer '%s' at iteration %d gives the natural step length %s; the parameters are unchanged: check the data for NaN, lower the learning rate or the auxiliary rate, or raise the damping"
                            .formatted(block.layer(), step.iteration(), product));
        }
    }
}
