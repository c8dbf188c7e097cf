/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/**
 * Signals that a matrix problem has no unique or no numerically meaningful solution.
 *
 * <p>The arguments were well-formed, but the matrix is singular, not positive definite, so ill-conditioned that no
 * digit of a result would be right, or an iteration did not converge. The message names the size, what failed and a
 * remedy. Nothing has been modified when it is thrown.
 */
public class SingularEquationException extends ArithmeticException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what failed, by how much, and what to do about it
     */
    public SingularEquationException(String message) {
        super(message);
    }
}
