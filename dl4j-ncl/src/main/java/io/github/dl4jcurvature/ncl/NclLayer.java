/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Steps the parameters of one layer and remembers its tasks; matrices are worked on in doubles. */
final class NclLayer {
    private static final double ADAM_SECOND_DECAY = 0.999;
    private static final double ADAM_EPSILON = 1e-9;

    private final Ncl config;
    private final NclState state;
    private final INDArray values;
    private final @Nullable INDArray mask;
    private final LayerPlan plan;
    private final List<SectionWork> sections = new ArrayList<>();

    /**
     * A layer on its state.
     *
     * @param values the parameters, a live view, shape [n]
     * @param mask 0 for parameters that are held at zero; null if none is
     * @throws IllegalStateException if what is remembered is not as it was written
     */
    NclLayer(Ncl config, LayerPlan plan, NclState state, INDArray values, @Nullable INDArray mask) {
        this.config = config;
        this.state = state;
        this.plan = plan;
        this.values = values;
        this.mask = mask;
        state.requireUnchangedMemory();
        StateSlots slots = state.remembers() ? state.slots() : null;
        for (SectionPlan section : plan.sections()) {
            sections.add(new SectionWork(section, rule(config, section, slots, state.tasks()), values, state));
        }
    }

    /** Writes what is remembered before the first task. */
    static void initialise(Ncl config, LayerPlan plan, NclState state) {
        if (!state.remembers()) {
            return;
        }
        StateSlots slots = state.slots();
        for (SectionPlan section : plan.sections()) {
            rule(config, section, null, 0).write(slots);
        }
    }

    /** The rule of a matrix, from what is saved, or if that is null as it is before the first task. */
    private static StepRule rule(Ncl config, SectionPlan plan, @Nullable StateSlots saved, long tasks) {
        long rows = plan.rows();
        long columns = plan.columns();
        double precision = config.priorPrecision();
        double size = config.dataSize();
        boolean outputs = plan.memory() == SectionPlan.Memory.INPUTS_AND_OUTPUTS;
        return switch (plan.memory()) {
            case KRONECKER ->
                new KroneckerPrior(
                        config.priorSettings(),
                        saved == null
                                ? KroneckerPrior.initial(rows, columns, precision, size)
                                : KroneckerPrior.read(rows, columns, saved),
                        tasks == 0);
            case INPUTS, INPUTS_AND_OUTPUTS ->
                new InputProjection(
                        config.damping(),
                        outputs,
                        saved == null
                                ? FactorPair.scaledIdentity(rows, columns, 0)
                                : InputProjection.read(rows, columns, outputs, saved),
                        tasks);
            case ELEMENTWISE, FIRST_PRIOR ->
                new ElementwisePrior(
                        config.priorSettings(),
                        plan.memory() == SectionPlan.Memory.ELEMENTWISE,
                        saved == null
                                ? ElementwisePrior.initial(rows, columns, precision, size)
                                : ElementwisePrior.read(rows, columns, saved));
            case NOTHING -> new PlainStep();
        };
    }

    /** Replaces a gradient by the step that the host subtracts. */
    void update(INDArray gradient, int iteration, int epoch) {
        double rate = config.rate(iteration, epoch, state.tasks());
        for (int i = 0; i < sections.size(); i++) {
            SectionWork section = sections.get(i);
            List<INDArray> parts = plan.sections().get(i).parts(gradient);
            section.takeGradient(parts, config.priorWeight());
            if (config.step() == Ncl.Step.ADAM) {
                section.giveGradient(parts);
            } else {
                section.step(config.momentum(), rate, parts);
            }
        }
        if (config.step() == Ncl.Step.ADAM) {
            adam(rate, gradient, state.momentum());
        }
        if (mask != null) {
            gradient.muli(mask);
        }
        state.countStep();
    }

    private void adam(double rate, INDArray gradient, INDArray first) {
        INDArray second = state.secondMoment();
        if (second == null) {
            throw new IllegalStateException("the plan has no room for Adam's second moment");
        }
        state.countAdamStep();
        long t = state.adamSteps();
        first.muli(config.momentum()).addi(gradient.mul(1 - config.momentum()));
        second.muli(ADAM_SECOND_DECAY).addi(gradient.mul(gradient).muli(1 - ADAM_SECOND_DECAY));
        double firstCorrection = 1 - Math.pow(config.momentum(), (double) t);
        double secondCorrection = 1 - Math.pow(ADAM_SECOND_DECAY, (double) t);
        INDArray deviation =
                Transforms.sqrt(second.div(secondCorrection), false).addi(ADAM_EPSILON);
        gradient.assign(first).muli(rate / firstCorrection).divi(deviation);
        for (int i = 0; i < sections.size(); i++) {
            sections.get(i).takeStep(plan.sections().get(i).parts(gradient));
        }
    }

    NclState state() {
        return state;
    }

    Ncl config() {
        return config;
    }

    /** \( \frac12 (\theta - \mu)^\top \Lambda (\theta - \mu) \) per data point. */
    double penalty() {
        return sections.stream().mapToDouble(SectionWork::penalty).sum();
    }

    /** \( u^\top \Lambda u \) of the last step u, per data point. */
    double squaredStep() {
        return sections.stream().mapToDouble(SectionWork::squaredStep).sum();
    }

    /** What a matrix of the layer remembers. */
    StepRule rule(int section) {
        return sections.get(section).rule();
    }

    /** Lets the matrices of the layer learn from a finished task; nothing is written yet. */
    StepRule.Consolidated consolidate(int section, TaskStatistics statistics) {
        return sections.get(section).rule().consolidate(statistics);
    }

    /** Writes what the matrices have learned, and makes the present parameters the mean. */
    void commit(double fisherTrace, double divergence) {
        if (state.remembers()) {
            StateSlots slots = state.slots();
            sections.forEach(section -> section.rule().write(slots));
        }
        state.mean().assign(values);
        if (config.resetMomentum()) {
            state.resetMoments();
        }
        state.countTask(fisherTrace, divergence);
    }

    /** The present parameters of a matrix. */
    INDArray parameters(int section) {
        return sections.get(section).parameters();
    }
}
