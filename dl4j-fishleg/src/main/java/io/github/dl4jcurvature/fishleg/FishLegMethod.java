/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import io.github.dl4jcurvature.fisher.AuxiliaryInputs;
import io.github.dl4jcurvature.fisher.CurvatureBlock;
import io.github.dl4jcurvature.fisher.CurvatureMethod;
import io.github.dl4jcurvature.fisher.CurvatureModel;
import io.github.dl4jcurvature.fisher.ExampleGradients;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.fisher.LabelSampler;
import io.github.dl4jcurvature.fisher.TrainingStep;
import io.github.dl4jcurvature.linalg.Gemm;
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
    private Supplier<AuxiliaryProblem> problem = () -> {
        throw new IllegalStateException("not bound to a network; bind comes first");
    };
    private @Nullable CurvatureModel network;
    private double stepScale = 1;
    private double divisor = 1;

    @Override
    public void bind(CurvatureModel model, List<CurvatureBlock> bound, AuxiliaryInputs auxiliary) {
        INDArray parameters = model.parameters();
        INDArray vector = Nd4j.createUninitializedDetached(parameters.dataType(), parameters.length());
        vector.assign(0);
        for (CurvatureBlock each : bound) {
            FishLegUpdater updater = (FishLegUpdater) each.updater();
            BlockPlan plan = updater.getConfig().plan();
            if (plan == null) {
                throw new IllegalStateException("layer '%s' has no plan; call CurvatureListener.prepare(network) first"
                        .formatted(each.parameters().layer()));
            }
            FishLegBlock block = new FishLegBlock(each.parameters(), each.offset(), plan, updater.state(), each.mask());
            updater.bind(each, block, this);
            updaters.add(updater);
            blocks.add(block);
            naturalParts.add(block.part(vector));
        }
        settings = SharedSettings.of(
                updaters.stream().map(FishLegUpdater::getConfig).toList());
        network = model;
        problem = () -> problemOf(model, auxiliary);
        if (settings.mayLearn() && blocks.stream().anyMatch(FishLegBlock::learns)) {
            auxiliaryProblem(); // refuses unsupported outputs now rather than in training
        }
    }

    private AuxiliaryProblem problemOf(CurvatureModel model, AuxiliaryInputs auxiliary) {
        FisherEstimator.Builder builder = model.fisherEstimator().method(settings.fisherMethod());
        if (settings.differenceStep() > 0) {
            builder.epsilon(settings.differenceStep());
        }
        FisherEstimator estimator = builder.build();
        FishLeg config = settings;
        return new AuxiliaryProblem(
                new AuxiliaryProblem.Rule(config.auxiliaryAdam(), config.preconditioned(), config.seed()),
                blocks,
                model.parameters(),
                (training, number) -> auxiliary.draw(
                        Objects.requireNonNull(training, "a training step has a batch"),
                        config.auxiliaryBatchSize(),
                        config.seed(),
                        number),
                (batch, direction, probeNorm, number) ->
                        estimator.product(batch, direction, LabelSampler.numbered(config.seed(), number)));
    }

    /** The problem that the factors learn from; not made for a frozen Q, for it takes shadows of the network. */
    AuxiliaryProblem auxiliaryProblem() {
        if (auxiliaryProblem == null) {
            auxiliaryProblem = problem.get();
        }
        return auxiliaryProblem;
    }

    @Override
    public void onGradient(TrainingStep step) {
        describe(step.gradient());
        FishLegState counters = blocks.get(0).state();
        double rate = settings.auxiliaryLearningRate(step.iteration(), step.epoch());
        double damping = settings.damping(step.iteration(), step.epoch());
        boolean learns = rate > 0 && blocks.stream().anyMatch(FishLegBlock::learns);
        boolean starts = counters.steps() == 0 && counters.auxiliarySteps() + counters.skipped() == 0;
        boolean due = learns && counters.steps() > 0 && counters.steps() % settings.updateEvery() == 0;
        blocks.forEach(block -> block.state().keep(starts || due));
        try {
            if (starts) {
                start(step, learns ? rate : 0, damping);
            }
            blocks.forEach(block -> block.take(step));
            if (due) {
                average(step);
                learn(step, rate, damping);
            }
            for (int index = 0; index < blocks.size(); index++) {
                blocks.get(index).naturalGradient(gradientParts.get(index), naturalParts.get(index));
            }
            stepScale = stepScale(step);
        } catch (RuntimeException refused) {
            undo();
            throw refused;
        }
        if (!due) {
            average(step);
        }
        divisor = step.divisor();
        for (int index = 0; index < blocks.size(); index++) {
            updaters.get(index).prepare(step.iteration(), naturalParts.get(index), stepScale);
        }
    }

    /** Takes back what the iteration has changed in the state of all layers. */
    void undo() {
        blocks.forEach(FishLegBlock::undo);
    }

    /** The counters, which are the same in all layers. */
    FishLegState counters() {
        return blocks.get(0).state();
    }

    /** What the last auxiliary step came to. */
    AuxiliaryProblem.Outcome outcome() {
        return auxiliaryProblem == null ? AuxiliaryProblem.Outcome.NONE : auxiliaryProblem.outcome();
    }

    /** The factor of the step bound in the last iteration. */
    double stepScale() {
        return stepScale;
    }

    /** What the host divided the gradient of the last iteration by. */
    double divisor() {
        return divisor;
    }

    /** Trace of Q over all layers. */
    double trace() {
        double trace = 0;
        for (int index = 0; index < blocks.size(); index++) {
            INDArray scratch = naturalParts.get(index).flat().like();
            trace += blocks.get(index).trace(scratch);
        }
        return trace;
    }

    /** What comes before the first step of the parameters. */
    private void start(TrainingStep step, double rate, double damping) {
        List<FishLegBlock> diagonals = startingFromDiagonal();
        if (!diagonals.isEmpty()) {
            INDArray diagonal = meanSquares(step).addi(damping).rdivi(1); // 1 / (mean g^2 + gamma)
            diagonals.forEach(block -> block.initialise(block.part(diagonal)));
        }
        for (int count = 0; rate > 0 && count < settings.pretrainSteps(); count++) {
            auxiliaryProblem().learnFromGaussian(step.batch(), damping, rate);
        }
    }

    /** Layers may start in different ways. */
    private List<FishLegBlock> startingFromDiagonal() {
        List<FishLegBlock> diagonals = new ArrayList<>();
        for (int index = 0; index < blocks.size(); index++) {
            if (updaters.get(index).getConfig().initialisation() == FishLeg.Initialisation.DIAGONAL) {
                diagonals.add(blocks.get(index));
            }
        }
        return diagonals;
    }

    /** Mean over the examples of the squares of their gradients; an estimate where examples cannot be told apart. */
    private INDArray meanSquares(TrainingStep step) {
        CurvatureModel model = Objects.requireNonNull(network, "bound before the first gradient");
        INDArray mean = step.gradient().div(step.divisor());
        INDArray estimate = mean.muli(mean).muli(step.batch().examples());
        ExampleGradients gradients = model.exampleGradients(step.batch());
        if (gradients == null) {
            return estimate;
        }
        return gradients.meanSquares().addi(estimate.muli(gradients.covered().rsubi(1)));
    }

    private void learn(TrainingStep step, double rate, double damping) {
        for (int count = 0; count < settings.auxiliarySteps(); count++) {
            switch (settings.probe()) {
                case GRADIENT -> auxiliaryProblem().learnFromGradient(step, gradientParts, damping, rate);
                case GRADIENT_AVERAGE -> auxiliaryProblem().learnFrom(averages(), step.batch(), damping, rate);
                case GAUSSIAN -> auxiliaryProblem().learnFromGaussian(step.batch(), damping, rate);
            }
        }
        if (settings.probe() != FishLeg.Probe.GRADIENT) {
            blocks.forEach(block -> block.take(step));
        }
    }

    private List<INDArray> averages() {
        List<INDArray> averages = new ArrayList<>();
        for (FishLegBlock block : blocks) {
            averages.add(Objects.requireNonNull(block.state().average(), "the plan provides for it"));
        }
        return averages;
    }

    /** avg = beta avg + (1 - beta) g. */
    private void average(TrainingStep step) {
        for (int index = 0; index < blocks.size(); index++) {
            INDArray average = blocks.get(index).state().average();
            if (average != null) {
                double decay = settings.momentum();
                average.muli(decay).addi(gradientParts.get(index).flat().mul((1 - decay) / step.divisor()));
            }
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
