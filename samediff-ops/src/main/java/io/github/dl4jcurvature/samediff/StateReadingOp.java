/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import io.github.dl4jcurvature.equations.Output;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** An operation on one output of a solved equation: its inputs begin with the arguments and the state. */
abstract class StateReadingOp extends ComputedOp {
    private static final int OUTPUT = 3;

    StateReadingOp() {}

    StateReadingOp(SameDiff graph, EquationSignature signature, Output output, SDVariable... inputs) {
        super(graph, inputs);
        signature.writeTo(this);
        addSArgument(output.name());
    }

    final EquationSignature signature() {
        return EquationSignature.of(this);
    }

    final Output output() {
        return Output.valueOf(getSArgument(OUTPUT));
    }
}
